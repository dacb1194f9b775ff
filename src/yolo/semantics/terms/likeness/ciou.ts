import type { Real } from '../../../../io/index.js'
import type { Value } from '../../../../onnx/index.js'
import { add, div, mul, sub } from '../../../../onnx/math.js'
import { split } from '../../../../onnx/parts.js'
import { atan } from './atan.js'
import { type Likeness, overlapOf, ratio } from './overlap.js'

/** w / h */
function shape<D extends Real>(wh: Value<D>): Value<D> {
  const [w, h] = split(wh, [1, 1], -1)
  return div(w, h)
}

/** atan a − atan b of two ratios that are not negative, as one arctangent. */
const turn = <D extends Real>(a: Value<D>, b: Value<D>): Value<D> => atan(div(sub(a, b), add(mul(a, b), 1)))

/** DIoU − α·v with v = 4/π²·(atan(t_w/t_h) − atan(p_w/p_h))² and α = v/(1 + ε − IoU + v), which is held constant. */
export const ciou: Likeness = (boxes) => {
  const { p, t, epsilon, hold } = boxes
  const { intersection, union, distance, diagonal } = overlapOf(boxes)
  const iou = ratio(intersection, union, epsilon)
  const angle = turn(shape(t.wh), shape(p.wh))
  const v = mul(mul(angle, angle), 4 / Math.PI ** 2)
  const one = iou.graph.scalar(1 + epsilon, iou.dtype)
  const alpha = hold(div(v, add(sub(one, iou), v)))
  return sub(sub(iou, ratio(distance(), diagonal(), epsilon)), mul(alpha, v))
}
