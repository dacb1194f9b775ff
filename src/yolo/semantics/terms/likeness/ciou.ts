import type { Real } from '../../../../io/index.js'
import type { Value } from '../../../../onnx/index.js'
import { equal, where } from '../../../../onnx/logic.js'
import { add, div, mul, sub } from '../../../../onnx/math.js'
import { split } from '../../../../onnx/parts.js'
import { atan } from './atan.js'
import { type Likeness, overlapOf, ratio } from './overlap.js'

/**
 * atan(t_w/t_h) − atan(p_w/p_h) as one arctangent, of (t_w·p_h − p_w·t_h) / (t_h·p_h + t_w·p_w): a height of 0 is a right
 * angle. Boxes of no size at all have the same shape.
 */
function turn<D extends Real>(t: Value<D>, p: Value<D>): Value<D> {
  const [[tw, th], [pw, ph]] = [split(t, [1, 1], -1), split(p, [1, 1], -1)]
  const along = add(mul(th, ph), mul(tw, pw))
  return atan(div(sub(mul(tw, ph), mul(pw, th)), where(equal(along, 0), along.graph.scalar(1, along.dtype), along)))
}

/** DIoU − α·v with v = 4/π²·(atan(t_w/t_h) − atan(p_w/p_h))² and α = v/(1 + ε − IoU + v), which is held constant. */
export const ciou: Likeness = (boxes) => {
  const { p, t, epsilon, hold } = boxes
  const { intersection, union, distance, diagonal } = overlapOf(boxes)
  const iou = ratio(intersection, union, epsilon)
  const angle = turn(t.wh, p.wh)
  const v = mul(mul(angle, angle), 4 / Math.PI ** 2)
  const one = iou.graph.scalar(1 + epsilon, iou.dtype)
  const alpha = hold(div(v, add(sub(one, iou), v)))
  return sub(sub(iou, ratio(distance(), diagonal(), epsilon)), mul(alpha, v))
}
