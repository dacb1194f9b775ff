import { rule } from './rule.js'

/** The term xy. */
export const centre = rule({
  asks: 'what is lost on the centre',
  values: {
    bce: { says: 'the cross-entropy of the logits', formula: 'Σ E(z, t)' },
    squared: { says: 'the squared error within the cell', formula: 'Σ (d(t) − z)², d the decoded centre' },
    l1: { says: 'the absolute error within the cell', formula: 'Σ |d(t) − z|' },
    none: { says: 'nothing', formula: '0' },
  },
})
