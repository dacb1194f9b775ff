import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { add, div, exp, log, mul, neg, softplus, sub } from '../ops/elementwise.js'
import { less, not, where } from '../ops/logic.js'
import { cast } from '../ops/movement.js'
import { sameShapes } from './check.js'

/** A term of the loss, element by element, and its derivative by the logit. */
export interface Differentiable<D extends Real = Real> {
  readonly value: Value<D>
  readonly slope: Value<D>
}

/** Computes `ln(1 + e^d)` for d ≤ 0, given e = e^d as well. */
export type Log1pExp = <D extends Real>(d: Value<D>, e: Value<D>) => Value<D>

/**
 * One node where the runtime's Softplus keeps its tail, as the CPU and CUDA providers do (2.4e-7 relative down to
 * d = −87); not on WebGPU, and not in float64 on the CPU provider. On the CPU provider it is slower for many values.
 */
export const log1pExpBySoftplus: Log1pExp = (d) => softplus(d)

/**
 * From operators every runtime has: ln u + (e − (u − 1)) with u = 1 + e as rounded. The last term is exactly what u lost
 * by rounding, and all of the answer where u is 1: 2.6e-7 relative. `Log(1 + Exp(d))` alone returns 0 below d = −17.
 */
export const log1pExpCompensated: Log1pExp = (d, e) =>
  d.graph.scope('log1p', () => {
    const u = add(e, 1)
    return add(log(u), sub(e, sub(u, 1)))
  })

/**
 * Cross-entropy E(z, t) of label z against logit t, element by element: `[...S], [...S] → [...S]`.
 *
 *   −z·ln σ(t) − (1−z)·ln(1 − σ(t))
 *   = max(t, 0) − z·t + ln(1 + e^−|t|)        finite for every finite t
 *   = t·(H(t) − z)    + ln(1 + e^−|t|)        H(t) = 1 where t ≥ 0, else 0
 *
 * The last line is the one computed: the products of the line before cancel for confident right logits, while 1 − z is
 * exact for z in [½, 1]. The derivative keeps the same small tail, r = σ(−|t|) = e^−|t| / (1 + e^−|t|), because a
 * provider's Sigmoid is exactly 0 below −18:
 *
 *   dE/dt = σ(t) − z = (H(t) − z) ∓ r         − where t ≥ 0, + below; ½ − z at t = 0
 *
 * |t| comes from Where, as Abs has derivative 0 at 0, and H from the comparison, through which no derivative goes. Labels may lie outside [0, 1]. Source: keras-yolo3
 * `yolo_loss`, `K.binary_crossentropy(…, from_logits=True)`.
 */
export function bceWithLogits<D extends Real>(z: Value<D>, t: Value<D>, log1pExp: Log1pExp): Differentiable<D> {
  sameShapes('bce', { z, t })
  return t.graph.scope('bce', () => {
    const below = less(t, 0)
    const rest = sub(cast(not(below), t.dtype), z) // H(t) − z
    const decay = where(below, t, neg(t)) // −|t|
    const e = exp(decay)
    const tail = div(e, add(e, 1)) // r
    return {
      value: add(mul(t, rest), log1pExp(decay, e)),
      slope: add(rest, where(below, tail, neg(tail))),
    }
  })
}

/** E(0, t) = ln(1 + e^t) and its derivative σ(t), for labels that are all 0: nothing cancels. `[...S] → [...S]` */
export function bceOfBackground<D extends Real>(t: Value<D>, log1pExp: Log1pExp): Differentiable<D> {
  return t.graph.scope('bce', () => {
    const below = less(t, 0)
    const decay = where(below, t, neg(t)) // −|t|
    const e = exp(decay)
    const slope = div(where(below, e, 1), add(e, 1))
    return { value: add(where(below, t.graph.scalar(0, t.dtype), t), log1pExp(decay, e)), slope }
  })
}
