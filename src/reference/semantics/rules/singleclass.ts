import { rule } from './rule.js'

/** C = 1. */
export const singleClass = rule({
  asks: 'whether a single class is learnt',
  values: {
    counts: { says: 'as any other number of classes' },
    none: { says: 'no: there is nothing to tell apart' },
  },
})
