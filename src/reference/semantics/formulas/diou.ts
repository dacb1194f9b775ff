import { type Likeness, overlapOf, plus, ratio } from './overlap.js'

/** IoU − d²/(D² + ε). */
export const diou: Likeness = (p, t, epsilon) => {
  const { intersection, union, distance, diagonal } = overlapOf(p, t)
  return plus(ratio(intersection, union, epsilon), -1, ratio(distance, diagonal, epsilon))
}
