import { type Likeness, overlapOf, plus, ratio } from './overlap.js'

/** IoU − (H − U)/(H + ε). */
export const giou: Likeness = (p, t, epsilon) => {
  const { intersection, union, hull } = overlapOf(p, t)
  return plus(ratio(intersection, union, epsilon), -1, ratio(plus(hull, -1, union), hull, epsilon))
}
