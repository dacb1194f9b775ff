import { sub } from '../../../../onnx/math.js'
import { type Likeness, overlapOf, ratio } from './overlap.js'

/** IoU − d²/(D² + ε) */
export const diou: Likeness = (boxes) => {
  const { intersection, union, distance, diagonal } = overlapOf(boxes)
  return sub(ratio(intersection, union, boxes.epsilon), ratio(distance(), diagonal(), boxes.epsilon))
}
