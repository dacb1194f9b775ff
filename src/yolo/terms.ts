import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { bceWithLogits, type Differentiable, type Log1pExp } from '../loss/bce.js'
import { add, mul, sub } from '../ops/elementwise.js'
import { where } from '../ops/logic.js'

/** The entries of cells: `xy` and `wh` `[…, 2]`, `obj` `[…, 1]`, `cls` `[…, C]`. */
export interface Cells<D extends Real = Real> {
  readonly xy: Value<D>
  readonly wh: Value<D>
  readonly obj: Value<D>
  readonly cls: Value<D>
}

export const termNames = ['xy', 'wh', 'conf', 'class'] as const
export type TermName = (typeof termNames)[number]

/** One thing for each term of the loss. */
export type Terms<T> = { readonly [N in TermName]: T }

/** `a · E` and its derivative, for a weight that does not depend on the logit. */
const weighted = <D extends Real>(weight: Value<D>, { value, slope }: Differentiable<D>): Differentiable<D> => ({
  value: mul(weight, value),
  slope: mul(weight, slope),
})

/** weight · ½ · d² and its derivative by d. */
const halfSquare = <D extends Real>(weight: Value<D>, d: Value<D>): Differentiable<D> => ({
  value: mul(mul(weight, 0.5), mul(d, d)),
  slope: mul(weight, d),
})

/**
 * The terms of objects, element by element: z targets, t logits, o = z.obj and s = 2 − w·h `[…, 1]`.
 *
 *   xy  = o·s·E(z_xy, t_xy)              d/dt = o·s·(σ(t_xy) − z_xy)
 *   wh  = o·s·½·(t_wh − z_wh)²           d/dt = o·s·(t_wh − z_wh)
 *   cls = o·E(z_c, t_c)                  d/dt = o·(σ(t_c) − z_c)
 *
 * Source: keras-yolo3 `yolo_loss`.
 */
export function objectTerms<D extends Real>(z: Cells<D>, t: Cells<D>, s: Value<D>, log1pExp: Log1pExp) {
  const { graph } = s
  const o = z.obj
  return {
    xy: graph.scope('xy', () => weighted(mul(o, s), bceWithLogits(z.xy, t.xy, log1pExp))),
    wh: graph.scope('wh', () => halfSquare(mul(o, s), sub(t.wh, z.wh))),
    class: graph.scope('class', () => weighted(o, bceWithLogits(z.cls, t.cls, log1pExp))),
  }
}

/**
 * The confidence term, element by element: `o`, `t` and κ of one shape. An ignored cell adds exactly 0.
 *
 *   conf = o·E(o, t_o) + (1 − o)·E(o, t_o)·κ       d/dt = (o + (1 − o)·κ)·(σ(t_o) − o)
 *
 * No derivative goes through κ, as in the original, which decodes boxes for it alone. Source: keras-yolo3 `yolo_loss`.
 */
export function confidence<D extends Real>(o: Value<D>, t: Value<D>, κ: Value<'bool'>, log1pExp: Log1pExp) {
  return o.graph.scope('conf', (): Differentiable<D> => {
    const E = bceWithLogits(o, t, log1pExp)
    const background = sub(o.graph.scalar(1, o.dtype), o)
    const part = (e: Value<D>) => add(mul(o, e), where(κ, mul(background, e), 0))
    return { value: part(E.value), slope: part(E.slope) }
  })
}
