import type { Real } from '../../../io/index.js'
import { tensorOf, type Value } from '../../../onnx/index.js'
import { where } from '../../../onnx/logic.js'
import { mul } from '../../../onnx/math.js'
import { split } from '../../../onnx/parts.js'
import type { Semantics } from '../../../reference/semantics/records.js'
import { boxScale } from '../../formulas/box.js'
import { type Box, product } from '../../formulas/iou.js'
import { column, type Room, safe } from './given.js'

/** Coordinates of matches, harmless where they are not learnt; each `[B, K, 2]`. */
export interface Coordinates<D extends Real> {
  /** Whether they are learnt `[B, K, 1]`. */
  readonly learnt: Value<'bool'>
  /** Logits. */
  readonly t: Box<D>
  /** The true box, fractions of the input. */
  readonly y: Box<D>
  /** Column and row. */
  readonly cell: Value<D>
  /** Pixels. */
  readonly anchor: Value<D>
}

/** x y w h of what stands for a box that is not there: no prediction of harmless logits is like it. */
const elsewhere = [0.5, 0.5, 0.5, 0.25]

/** Coordinates of matches where they are learnt. */
export function coordinatesOf<D extends Real>({ matches, t }: Room<D>, learnt: Value<'bool'>): Coordinates<D> {
  const { box, cell, anchor } = matches
  const none = box.graph.constant(tensorOf(box.dtype, [1, 1, 4], elsewhere), 'elsewhere')
  const [xy, wh] = split(where(learnt, box, none), [2, 2], -1)
  return {
    learnt,
    t: { xy: safe(learnt, t.xy), wh: safe(learnt, t.wh) },
    y: { xy, wh },
    cell: safe(learnt, cell, 0),
    anchor: safe(learnt, anchor),
  }
}

/** s, of y_w·y_h. */
const scaling: Readonly<Record<Semantics['boxScale'], <D extends Real>(area: Value<D>) => Value<D> | undefined>> = {
  area: boxScale,
  one: () => undefined,
  squared: (area) => mul(boxScale(area), boxScale(area)),
}

/** How much a box counts: o·s as far as its coordinates are learnt `[B, K, 1]`. */
export function weightOf<D extends Real>({ matches, o, semantics }: Room<D>, { y }: Coordinates<D>): Value<D> {
  const weight = mul(column(matches.boxWeight), o)
  const s = scaling[semantics.boxScale](product(y.wh, -1))
  return s ? mul(weight, s) : weight
}
