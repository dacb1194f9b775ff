import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { boxScale, centreTarget, sizeRatio, sizeTarget } from '../loss/box.js'
import { greater, where } from '../ops/logic.js'
import { split } from '../ops/movement.js'
import type { Numerics } from './parts.js'
import type { Cells } from './terms.js'

/** Where cells are and what they are measured by: c cell, a anchor, g grid, S input; each broadcasts with `[…, 2]`. */
export interface Frame<D extends Real = Real> {
  readonly c: Value<D>
  readonly a: Value<D>
  readonly g: Value<D>
  readonly S: Value<D>
}

/** Targets z of labelled cells and their scale s. In guard mode a size without logarithm aims at what is predicted. */
export function targets<D extends Real>(y: Cells<D>, t: Cells<D>, { c, a, g, S }: Frame<D>, { guard }: Numerics) {
  const ratio = sizeRatio(y.wh, a, S)
  const exact = sizeTarget(ratio)
  const wh = guard ? where(greater(ratio, 0), exact, t.wh) : exact
  const [w, h] = split(y.wh, [1, 1], -1)
  return { z: { ...y, xy: centreTarget(y.xy, c, g), wh }, s: boxScale(w, h) }
}
