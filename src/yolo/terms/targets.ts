import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { mul } from '../../onnx/math.js'
import { split } from '../../onnx/parts.js'
import { boxScale, centreTarget, sizeRatio, sizeTarget } from '../formulas/box.js'
import type { Entries } from './entries.js'

/** Where cells are and what they are measured by: c cell, a anchor, g grid, S input; each broadcasts with `[…, 2]`. */
export interface Frame<D extends Real = Real> {
  readonly c: Value<D>
  readonly a: Value<D>
  readonly g: Value<D>
  readonly S: Value<D>
}

/** Targets z of labelled cells and their scale s. */
export function targets<D extends Real>(y: Entries<D>, t: Entries<D>, { c, a, g, S }: Frame<D>, guard: boolean) {
  const [w, h] = split(y.wh, [1, 1], -1)
  const wh = sizeTargetOf(sizeRatio(y.wh, a, S), t.wh, guard)
  return { z: { ...y, xy: centreTarget(y.xy, c, g), wh }, s: boxScale(mul(w, h)) }
}

/** In guard mode a size without logarithm aims at what is predicted. */
export const sizeTargetOf = <D extends Real>(ratio: Value<D>, t: Value<D>, guard: boolean): Value<D> =>
  guard ? sizeTarget(ratio, t) : sizeTarget(ratio)
