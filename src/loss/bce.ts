import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { add, div, exp, log, mul, neg, softplus, sub } from '../ops/elementwise.js'
import { equal, less, where } from '../ops/logic.js'
import { sameShapes } from './check.js'

/** Computes `ln(1 + e^d)` for d ≤ 0. */
export type Log1pExp = <D extends Real>(d: Value<D>) => Value<D>

/**
 * One node where the runtime's Softplus keeps its tail, as the CPU and CUDA providers do (2.4e-7 relative down to
 * d = −87); not on WebGPU, and not in float64 on the CPU provider.
 */
export const log1pExpBySoftplus: Log1pExp = (d) => softplus(d)

/**
 * From operators every runtime has. With e = e^d and u = 1 + e as rounded, e · ln u / (u − 1) is accurate because the
 * rounding of u cancels (Kahan); where u is 1, the answer is e itself. `Log(1 + Exp(d))` alone returns 0 below d = −17.
 */
export const log1pExpByKahan: Log1pExp = (d) =>
  d.graph.scope('log1p', () => {
    const e = exp(d)
    const u = add(e, 1)
    const vanished = equal(u, 1)
    const gap = where(vanished, 1, sub(u, 1)) // safe before dividing, not after
    return where(vanished, e, div(mul(e, log(u)), gap))
  })

/**
 * Cross-entropy E(z, t) of label z against logit t, element by element: `[...S], [...S] → [...S]`.
 *
 *   −z·ln σ(t) − (1−z)·ln(1 − σ(t))
 *   = max(t, 0) − z·t + ln(1 + e^−|t|)        finite for every finite t
 *   = t·(H(t) − z)    + ln(1 + e^−|t|)        H(t) = 1 where t ≥ 0, else 0
 *
 * The last line is the one computed: the products of the line before cancel for confident right logits, while 1 − z is
 * exact for z in [½, 1]. dE/dt = σ(t) − z, at t = 0 too: hence Where, as Abs and Relu have derivative 0 there.
 * Labels may lie outside [0, 1]. Source: keras-yolo3 `yolo_loss`, `K.binary_crossentropy(…, from_logits=True)`.
 */
export function bceWithLogits<D extends Real>(z: Value<D>, t: Value<D>, log1pExp: Log1pExp): Value<D> {
  sameShapes('bce', { z, t })
  return t.graph.scope('bce', () => {
    const below = less(t, 0)
    const step = where(below, t.graph.scalar(0, t.dtype), 1) // H(t)
    const decay = where(below, t, neg(t)) // −|t|
    return add(mul(t, sub(step, z)), log1pExp(decay))
  })
}

/** E(0, t) = ln(1 + e^t) for labels that are all 0: nothing cancels. `[...S] → [...S]` */
export function bceOfBackground<D extends Real>(t: Value<D>, log1pExp: Log1pExp): Value<D> {
  if (log1pExp === log1pExpBySoftplus) return softplus(t)
  return t.graph.scope('bce', () => {
    const below = less(t, 0)
    return add(where(below, t.graph.scalar(0, t.dtype), t), log1pExp(where(below, t, neg(t))))
  })
}
