import { rule } from './rule.js'

/** Smoothed labels of classes. */
export const smoothing = rule({
  asks: 'how labels of classes are smoothed',
  values: {
    none: { says: 'not at all', formula: 'y' },
    half: { says: 'towards one half', formula: 'y·(1 − ε) + ε/2, ε = `smooth`' },
    uniform: { says: 'towards equal shares', formula: 'y·(1 − ε) + ε/C' },
    flip: { says: 'by as much at both ends', formula: '1 − ε or ε; ε = min(1/C, 1/40) unless `smooth` says another' },
  },
})
