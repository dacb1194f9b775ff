import { rule } from './rule.js'

/** Equality in the ignore mask. */
export const atThreshold = rule({
  asks: 'what becomes of a cell whose best IoU is the threshold',
  values: {
    ignored: { says: 'it is ignored', formula: 'κ = 1 if max IoU < θ; a NaN is not below' },
    counts: { says: 'it counts', formula: 'κ = 0 if max IoU > θ; a NaN is not above' },
  },
})
