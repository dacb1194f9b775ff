import { rule } from './rule.js'

/** Two boxes, one cell and anchor: the coordinates. */
export const sharedBox = rule({
  asks: 'which coordinates are learnt where boxes share a cell and an anchor',
  values: {
    last: { says: 'those of the last box' },
    each: { says: 'those of each: their losses add up' },
    mean: { says: 'those of each, divided by the number of their classes' },
  },
})
