import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { add, div, exp, log, mul, sigmoid, sub } from '../ops/elementwise.js'
import { equal, greater, where } from '../ops/logic.js'

// Letters: c = (column, row) of the cell, g = (w, h) of the grid, S = (width, height) of the input in pixels,
// a = (w, h) of the anchor in pixels, t = logits, b and y = boxes divided by the input size. Source: keras-yolo3
// `yolo_head` and `yolo_loss`; YOLOv3 section 2.1 (Bounding Box Prediction).

/** b_xy = (σ(t_xy) + c) / g */
export const decodeCentre = <D extends Real>(t: Value<D>, c: Value<D>, g: Value<D>): Value<D> =>
  div(add(sigmoid(t), c), g)

/** b_wh = exp(t_wh) · a / S, multiplied before divided */
export const decodeSize = <D extends Real>(t: Value<D>, a: Value<D>, S: Value<D>): Value<D> => div(mul(exp(t), a), S)

/** z_xy = y_xy · g − c; it can be exactly 1. */
export const centreTarget = <D extends Real>(y: Value<D>, c: Value<D>, g: Value<D>): Value<D> => sub(mul(y, g), c)

/** (y_wh / a) · S, divided before multiplied, as the reference rounds */
export const sizeRatio = <D extends Real>(y: Value<D>, a: Value<D>, S: Value<D>): Value<D> => mul(div(y, a), S)

/**
 * z_wh = ln(ratio). A size of 0 gives −∞, a negative one NaN: constants, because not every provider has Log(0) = −∞.
 */
export function sizeTarget<D extends Real>(ratio: Value<D>): Value<D> {
  const { graph, dtype } = ratio
  const valid = greater(ratio, 0)
  const undefinedLog = where(equal(ratio, 0), graph.scalar(Number.NEGATIVE_INFINITY, dtype), Number.NaN)
  return where(valid, log(where(valid, ratio, 1)), undefinedLog)
}

/** s = 2 − y_w · y_h: small boxes weigh up to twice as much. Not clamped. */
export const boxScale = <D extends Real>(w: Value<D>, h: Value<D>): Value<D> =>
  sub(w.graph.scalar(2, w.dtype), mul(w, h))
