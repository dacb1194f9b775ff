import { type Likeness, overlapOf, ratio } from './overlap.js'

/** I / (U + ε). */
export const plainIou: Likeness = (p, t, epsilon) => {
  const { intersection, union } = overlapOf(p, t)
  return ratio(intersection, union, epsilon)
}
