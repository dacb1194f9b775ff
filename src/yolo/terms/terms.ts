import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { concat, mul, split, sub, where } from '../../onnx/ops/index.js'
import type { Terms } from '../config/vocabulary.js'
import { bceWithLogits, type Decay, type Differentiable } from '../formulas/bce.js'

/** The entries of cells: `xy` and `wh` `[…, 2]`, `obj` `[…, 1]`, `cls` `[…, C]`. */
export interface Cells<D extends Real = Real> {
  readonly xy: Value<D>
  readonly wh: Value<D>
  readonly obj: Value<D>
  readonly cls: Value<D>
}

/** `a · E` and its derivative, for a weight that does not depend on the logit. */
const weighted = <D extends Real>(weight: Value<D>, { value, slope }: Differentiable<D>): Differentiable<D> => ({
  value: mul(weight, value),
  slope: mul(weight, slope),
})

/** weight · d², and half its derivative by d. */
const square = <D extends Real>(weight: Value<D>, d: Value<D>): Differentiable<D> => {
  const slope = mul(weight, d)
  return { value: mul(slope, d), slope }
}

/** What the sum of each term is multiplied by: squares are halved when they have been added up. */
export const sumFactors: Terms<number> = { xy: 1, wh: 0.5, conf: 1, class: 1 }

/** Cross-entropies of the entries that are probabilities. */
export interface Entropies<D extends Real = Real> {
  readonly xy: Differentiable<D>
  readonly obj: Differentiable<D>
  readonly cls: Differentiable<D>
}

/** E(z, t) of centre and classes, each by itself. */
export function separateEntropies<D extends Real>(
  z: Cells<D>,
  t: Cells<D>,
  decay: Decay,
): Pick<Entropies<D>, 'xy' | 'cls'> {
  const E = (name: 'xy' | 'cls') => t.xy.graph.scope(name, () => bceWithLogits(z[name], t[name], decay))
  return { xy: E('xy'), cls: E('cls') }
}

/** Those of the objectness as well, all in one go: a third of the nodes, at the price of a copy. */
export function jointEntropies<D extends Real>(z: Cells<D>, t: Cells<D>, decay: Decay): Entropies<D> {
  return t.xy.graph.scope('entropies', () => {
    const row = ({ xy, obj, cls }: Cells<D>) => concat([xy, obj, cls], -1)
    const { value, slope } = bceWithLogits(row(z), row(t), decay)
    const sizes = [2, 1, t.cls.shape.at(-1) as number] as const
    const [values, slopes] = [split(value, sizes, -1), split(slope, sizes, -1)]
    return {
      xy: { value: values[0], slope: slopes[0] },
      obj: { value: values[1], slope: slopes[1] },
      cls: { value: values[2], slope: slopes[2] },
    }
  })
}

/**
 * The terms of objects, element by element: z targets, t logits, E their cross-entropies, o = z.obj and s = 2 − w·h
 * `[…, 1]`. The value of wh still wants its ½, see `sumFactors`.
 *
 *   xy  = o·s·E(z_xy, t_xy)              d/dt = o·s·(σ(t_xy) − z_xy)
 *   wh  = ½·o·s·(t_wh − z_wh)²           d/dt = o·s·(t_wh − z_wh)
 *   cls = o·E(z_c, t_c)                  d/dt = o·(σ(t_c) − z_c)
 *
 * Source: keras-yolo3 `yolo_loss`.
 */
export function objectTerms<D extends Real>(
  z: Cells<D>,
  t: Pick<Cells<D>, 'wh'>,
  E: Pick<Entropies<D>, 'xy' | 'cls'>,
  s: Value<D>,
) {
  const { graph } = s
  const o = z.obj
  const os = mul(o, s)
  return {
    xy: graph.scope('xy', () => weighted(os, E.xy)),
    wh: graph.scope('wh', () => square(os, sub(t.wh, z.wh))),
    class: graph.scope('class', () => weighted(o, E.cls)),
  }
}

/**
 * The confidence term, element by element: o, E = E(o, t_o) and κ of one shape. As κ is 0 or 1, its weight is 1 where κ
 * holds and o elsewhere; an ignored cell without object adds exactly 0.
 *
 *   conf = o·E(o, t_o) + (1 − o)·E(o, t_o)·κ       d/dt = (o + (1 − o)·κ)·(σ(t_o) − o)
 *
 * No derivative goes through κ, as in the original, which decodes boxes for it alone. Source: keras-yolo3 `yolo_loss`.
 */
export const confidence = <D extends Real>(o: Value<D>, E: Differentiable<D>, κ: Value<'bool'>): Differentiable<D> =>
  o.graph.scope('conf', () => weighted(where(κ, 1, o), E))

/** Labels and logits of one shape. */
interface Pair<D extends Real> {
  readonly z: Value<D>
  readonly t: Value<D>
}

/** E(z, t) of two pairs that differ in the last axis alone, in one go: the nodes of one cross-entropy for both. */
export function pooledEntropies<D extends Real>(
  first: Pair<D>,
  second: Pair<D>,
  decay: Decay,
): readonly [Differentiable<D>, Differentiable<D>] {
  return first.t.graph.scope('entropies', () => {
    const { value, slope } = bceWithLogits(concat([first.z, second.z], -1), concat([first.t, second.t], -1), decay)
    const sizes = [first.t.shape.at(-1) as number, second.t.shape.at(-1) as number] as const
    const [values, slopes] = [split(value, sizes, -1), split(slope, sizes, -1)]
    return [
      { value: values[0], slope: slopes[0] },
      { value: values[1], slope: slopes[1] },
    ]
  })
}
