import { rule } from './rule.js'

/** Two boxes, one cell and anchor: the classes. */
export const sharedClass = rule({
  asks: 'which classes are learnt where boxes share a cell and an anchor',
  values: {
    all: { says: 'one label with the classes of all' },
    last: { says: 'that of the last box' },
    each: { says: 'each a label of its own: their losses add up' },
  },
})
