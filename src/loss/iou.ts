import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { add, div, max, min, mul, sub } from '../ops/elementwise.js'
import { split } from '../ops/movement.js'

/** Boxes by centre and size, each `[2, …]` with x (width) before y (height). */
export interface Box<D extends Real = Real> {
  readonly xy: Value<D>
  readonly wh: Value<D>
}

/** Product of the two entries of axis 0: `[2, …] → [1, …]` */
function area<D extends Real>(sides: Value<D>): Value<D> {
  const [w, h] = split(sides, [1, 1], 0)
  return mul(w, h)
}

/** Area of the overlap, clamped at 0. */
function intersection<D extends Real>(p: Box<D>, t: Box<D>): Value<D> {
  const [halfP, halfT] = [mul(p.wh, 0.5), mul(t.wh, 0.5)]
  const right = min(add(p.xy, halfP), add(t.xy, halfT))
  const left = max(sub(p.xy, halfP), sub(t.xy, halfT))
  return area(max(sub(right, left), 0))
}

/**
 * Intersection over union, `[2, …P] and [2, …T] → [1, …]` broadcast: inter / (area_p + area_t − inter). No epsilon: two
 * boxes of no area give NaN. Source: keras-yolo3 `box_iou`.
 */
export function iou<D extends Real>(p: Box<D>, t: Box<D>): Value<D> {
  return p.xy.graph.scope('iou', () => {
    const inter = intersection(p, t)
    return div(inter, sub(add(area(p.wh), area(t.wh)), inter))
  })
}

/**
 * What says without a division whether boxes overlap by θ, `[2, …P] and [2, …T] → [1, …]` broadcast:
 *
 *   IoU < θ  ⇔  (1 + θ)·inter − θ·area_t < θ·area_p
 *
 * `overlap` is the left side and `bar`, which knows of p alone, the right one. Two boxes of no area are not below either.
 * The sides round otherwise than the quotient, so that an IoU within a few float32 steps of θ may fall on its other side.
 */
export function overlapAndBar<D extends Real>(p: Box<D>, t: Box<D>, θ: number) {
  return p.xy.graph.scope('iou', () => ({
    overlap: sub(mul(intersection(p, t), 1 + θ), mul(area(t.wh), θ)),
    bar: mul(area(p.wh), θ),
  }))
}
