import { sub } from '../../../../onnx/math.js'
import { type Likeness, overlapOf, ratio } from './overlap.js'

/** IoU − (H − U)/(H + ε) */
export const giou: Likeness = (boxes) => {
  const { intersection, union, hull } = overlapOf(boxes)
  const H = hull()
  return sub(ratio(intersection, union, boxes.epsilon), ratio(sub(H, union), H, boxes.epsilon))
}
