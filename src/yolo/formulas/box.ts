import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { equal, less, where } from '../../onnx/logic.js'
import { add, div, exp, log, mul, sigmoid, sub } from '../../onnx/math.js'

// Letters: c = (column, row) of the cell, g = (w, h) of the grid, S = (width, height) of the input in pixels,
// a = (w, h) of the anchor in pixels, t = logits, b and y = boxes divided by the input size. Source: keras-yolo3
// `yolo_head` and `yolo_loss`; YOLOv3 section 2.1 (Bounding Box Prediction).

/** σ(t_xy) + c, a centre in cells */
export const centreInGrid = <D extends Real>(t: Value<D>, c: Value<D>): Value<D> => add(sigmoid(t), c)

/** b_xy = (σ(t_xy) + c) / g */
export const decodeCentre = <D extends Real>(t: Value<D>, c: Value<D>, g: Value<D>): Value<D> =>
  div(centreInGrid(t, c), g)

/** exp(t_wh) · a, in the unit of the anchor */
export const sizeByAnchor = <D extends Real>(t: Value<D>, a: Value<D>): Value<D> => mul(exp(t), a)

/** b_wh = exp(t_wh) · a / S, multiplied before divided */
export const decodeSize = <D extends Real>(t: Value<D>, a: Value<D>, S: Value<D>): Value<D> =>
  div(sizeByAnchor(t, a), S)

/** z_xy = y_xy · g − c; it can be exactly 1. */
export const centreTarget = <D extends Real>(y: Value<D>, c: Value<D>, g: Value<D>): Value<D> => sub(mul(y, g), c)

/** (y_wh / a) · S, divided before multiplied, as the reference rounds */
export const sizeRatio = <D extends Real>(y: Value<D>, a: Value<D>, S: Value<D>): Value<D> => mul(div(y, a), S)

/**
 * z_wh = ln(ratio). A size of 0 gives −∞, a negative one NaN: constants, because not every provider has Log(0) = −∞. Or
 * what stands `instead` of both.
 */
export function sizeTarget<D extends Real>(ratio: Value<D>, instead = undefinedLog(ratio)): Value<D> {
  return where(less(0, ratio), log(ratio), instead)
}

const undefinedLog = <D extends Real>(ratio: Value<D>): Value<D> =>
  where(equal(ratio, 0), ratio.graph.scalar(Number.NEGATIVE_INFINITY, ratio.dtype), Number.NaN)

/** s = 2 − y_w · y_h, of the area: small boxes weigh up to twice as much. Not clamped. */
export const boxScale = <D extends Real>(area: Value<D>): Value<D> => sub(area.graph.scalar(2, area.dtype), area)
