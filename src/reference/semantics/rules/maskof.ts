import { rule } from './rule.js'

/** What the ignore mask looks at. */
export const maskOf = rule({
  asks: 'what is compared with the true boxes',
  values: {
    predictions: { says: 'the predicted box of each cell and anchor' },
    likely: { says: 'the same, where some class is likely', formula: 'only cells with max_c σ(t_c) > `likelyAbove`' },
    priors: { says: 'the anchor, standing in the middle of the cell' },
    none: { says: 'nothing: there is no mask', formula: 'κ = 1' },
  },
})
