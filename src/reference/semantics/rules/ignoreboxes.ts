import { rule } from './rule.js'

/** What the ignore mask is about. */
export const ignoreBoxes = rule({
  asks: 'which true boxes hide a prediction that overlaps them',
  values: {
    scale: { says: 'those that the labels of its scale hold' },
    assigned: { says: 'those assigned to its scale, even if another took the cell' },
    image: { says: 'all of the image' },
  },
})
