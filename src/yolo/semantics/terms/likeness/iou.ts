import { type Likeness, overlapOf, ratio } from './overlap.js'

/** I / (U + ε) */
export const iou: Likeness = (boxes) => {
  const { intersection, union } = overlapOf(boxes)
  return ratio(intersection, union, boxes.epsilon)
}
