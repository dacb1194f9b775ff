import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { add, div, max, min, mul, reduceMean, sub } from '../../onnx/math.js'
import { split } from '../../onnx/parts.js'

/** Boxes by centre and size, each `[2, …]` with x (width) before y (height). */
export interface Box<D extends Real = Real> {
  readonly xy: Value<D>
  readonly wh: Value<D>
}

/** Area of what two boxes share, and their own areas: `[1, …]` each. */
export interface Areas<D extends Real = Real> {
  readonly inter: Value<D>
  readonly p: Value<D>
  readonly t: Value<D>
}

/** Product of the two entries of an axis: `[2, …] → [1, …]` */
export function product<D extends Real>(sides: Value<D>, axis = 0): Value<D> {
  const [w, h] = split(sides, [1, 1], axis)
  return mul(w, h)
}

/** Area of the overlap, clamped at 0. */
function intersection<D extends Real>(p: Box<D>, t: Box<D>): Value<D> {
  const [halfP, halfT] = [mul(p.wh, 0.5), mul(t.wh, 0.5)]
  const right = min(add(p.xy, halfP), add(t.xy, halfT))
  const left = max(sub(p.xy, halfP), sub(t.xy, halfT))
  return product(max(sub(right, left), 0))
}

/**
 * Both edges of boxes along each axis, doubled and the left (upper) one negated: `±2·b_xy + b_wh`, where b_xy = cells / g.
 * Centres in cells and sizes `[2, …, 1, ·, ·]`, ±g/2 `[2, …, 2, 1, 1]` → `[2, …, 2, ·, ·]`
 */
export const doubledEdges = <D extends Real>(cells: Value<D>, halfGrid: Value<D>, wh: Value<D>): Value<D> =>
  add(div(cells, halfGrid), wh)

/**
 * The area that boxes share, from their doubled edges, `[2, …, 2, 1, P] and [2, …, 2, T, 1] → [1, …, 1, T, P]`. Rounds as
 * `intersection` of the boxes does, from fewer nodes: the overlap is the mean of the smaller edges,
 *
 *   min(x_p + w_p/2, x_t + w_t/2) − max(x_p − w_p/2, x_t − w_t/2)
 *   = ½·(min(2x_p + w_p, 2x_t + w_t) + min(w_p − 2x_p, w_t − 2x_t))
 */
export function sharedArea<D extends Real>(p: Value<D>, t: Value<D>): Value<D> {
  return product(max(reduceMean(min(p, t), { axes: [-3], keep: true }), 0))
}

/** inter / (area_p + area_t − inter). No epsilon: two boxes of no area give NaN. Source: keras-yolo3 `box_iou`. */
export const unionRatio = <D extends Real>({ inter, p, t }: Areas<D>): Value<D> => div(inter, sub(add(p, t), inter))

/** Intersection over union, `[2, …P] and [2, …T] → [1, …]` broadcast. */
export const iou = <D extends Real>(p: Box<D>, t: Box<D>): Value<D> =>
  p.xy.graph.scope('iou', () => unionRatio({ inter: intersection(p, t), p: product(p.wh), t: product(t.wh) }))

/**
 * What says without a division whether boxes overlap by θ:
 *
 *   IoU < θ  ⇔  (1 + θ)·inter − θ·area_t < θ·area_p
 *
 * `overlap` is the left side and `bar`, which knows of p alone, the right one. Two boxes of no area are not below either.
 * The sides round otherwise than the quotient, so that an IoU within a few float32 steps of θ may fall on its other side.
 */
export const overlapAndBar = <D extends Real>({ inter, p, t }: Areas<D>, θ: number) => ({
  overlap: sub(mul(inter, 1 + θ), mul(t, θ)),
  bar: mul(p, θ),
})

/**
 * How far the centre of a prediction may lie from that of a true box, in sizes of the true box, while their IoU still
 * reaches θ. With overlap ox along x: IoU ≥ θ needs ox ≥ θ·max(w_p, w_t), and ox ≤ (w_p + w_t)/2 − |dx|, hence
 * |dx| ≤ (w_p + w_t)/2 − θ·max(w_p, w_t), largest at w_p = w_t for θ ≥ ½ and at w_p = w_t/θ below.
 */
export const farthest = (θ: number): number => Math.max(θ >= 0.5 ? 1 - θ : (1 / θ - 1) / 2, 0)
