import type { Real } from '../../../../io/index.js'
import type { Value } from '../../../../onnx/index.js'
import { add, div, max, min, mul, reduceSum, relu, sub } from '../../../../onnx/math.js'
import { type Box, product } from '../../../formulas/iou.js'

/** How two boxes lie: areas of what they share, of both and of their hull, squares of the distance and of the diagonal. */
export interface Overlap<D extends Real> {
  readonly intersection: Value<D>
  readonly union: Value<D>
  readonly hull: () => Value<D>
  readonly distance: () => Value<D>
  readonly diagonal: () => Value<D>
}

/** Two boxes in one unit of length, `xy` and `wh` of each `[…, 2]`, and ε. */
export interface Compared<D extends Real> {
  readonly p: Box<D>
  readonly t: Box<D>
  readonly epsilon: number
  /** Marks what no gradient goes through. */
  readonly hold: <V extends Value<D>>(v: V) => V
}

/** How good a predicted box is, 1 at best: `[…, 1]` */
export type Likeness = <D extends Real>(boxes: Compared<D>) => Value<D>

/** Σ v² of the two entries of the last axis. */
const squares = <D extends Real>(v: Value<D>): Value<D> => reduceSum(mul(v, v), { axes: [-1], keep: true })

/** What boxes share is 0 where they touch, and so is its derivative. */
export function overlapOf<D extends Real>({ p, t }: Compared<D>): Overlap<D> {
  const [halfP, halfT] = [mul(p.wh, 0.5), mul(t.wh, 0.5)]
  const [rightP, rightT] = [add(p.xy, halfP), add(t.xy, halfT)]
  const [leftP, leftT] = [sub(p.xy, halfP), sub(t.xy, halfT)]
  const intersection = product(relu(sub(min(rightP, rightT), max(leftP, leftT))), -1)
  const span = () => sub(max(rightP, rightT), min(leftP, leftT))
  return {
    intersection,
    union: sub(add(product(p.wh, -1), product(t.wh, -1)), intersection),
    hull: () => product(span(), -1),
    distance: () => squares(sub(p.xy, t.xy)),
    diagonal: () => squares(span()),
  }
}

/** a / (b + ε) */
export const ratio = <D extends Real>(a: Value<D>, b: Value<D>, epsilon: number): Value<D> =>
  div(a, epsilon === 0 ? b : add(b, epsilon))
