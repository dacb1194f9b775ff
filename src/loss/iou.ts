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

/**
 * Intersection over union, `[2, …P] and [2, …T] → [1, …]` broadcast: inter / (area_p + area_t − inter), the overlap
 * clamped at 0. No epsilon: two boxes of no area give NaN. Source: keras-yolo3 `box_iou`.
 */
export function iou<D extends Real>(p: Box<D>, t: Box<D>): Value<D> {
  return p.xy.graph.scope('iou', () => {
    const [halfP, halfT] = [mul(p.wh, 0.5), mul(t.wh, 0.5)]
    const right = min(add(p.xy, halfP), add(t.xy, halfT))
    const left = max(sub(p.xy, halfP), sub(t.xy, halfT))
    const inter = area(max(sub(right, left), 0))
    return div(inter, sub(add(area(p.wh), area(t.wh)), inter))
  })
}
