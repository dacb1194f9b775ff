import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { less, where } from '../../onnx/logic.js'
import { add, div, exp, min, mul, neg, relu, sub } from '../../onnx/math.js'
import { cast } from '../../onnx/shape.js'
import { sameShapes } from './check.js'
import { type Log1p, type Log1pName, log1ps } from './log1p.js'

/** A term of the loss, element by element, and its derivative by the logit. */
export interface Differentiable<D extends Real = Real> {
  readonly value: Value<D>
  readonly slope: Value<D>
}

/** How the small parts of a cross-entropy are computed. */
export interface Tail {
  /** −|t|, given where t > 0. */
  readonly decay: <D extends Real>(t: Value<D>, above: Value<'bool'>) => Value<D>
  readonly log1p: Log1p
}

/**
 * For a graph that nobody derives: Where takes the CPU provider five times as long. Not Neg of Abs: OpenVINO's CPU plugin
 * writes an Abs over what it reads where that comes from a Concat, though others read it too.
 */
const decayByMin: Tail['decay'] = (t) => min(t, neg(t))

/** For one that a trainer derives: they disagree on the derivative of Min at 0, where this one has 1, and E ½ − z. */
const decayByWhere: Tail['decay'] = (t, above) => where(above, neg(t), t)

/** @param derived whether somebody else will derive the graph */
export const tailOf = (derived: boolean, log1p: Log1pName = 'quotients'): Tail => ({
  decay: derived ? decayByWhere : decayByMin,
  log1p: log1ps[log1p],
})

/**
 * Cross-entropy E(z, t) of label z against logit t, element by element: `[...S], [...S] → [...S]`.
 *
 *   −z·ln σ(t) − (1−z)·ln(1 − σ(t))
 *   = max(t, 0) − z·t + ln(1 + e^−|t|)        finite for every finite t
 *   = t·(H(t) − z)    + ln(1 + e^−|t|)        H(t) = 1 where t > 0, else 0
 *
 * The last line is the one computed: the products of the line before cancel for confident right logits, while 1 − z is
 * exact for z in [½, 1]. The derivative keeps the same small tail, r = σ(−|t|) = e^−|t| / (1 + e^−|t|), because a
 * provider's Sigmoid is exactly 0 below −18:
 *
 *   dE/dt = σ(t) − z = (H(t) − z) ∓ r         − where t > 0, else +; ½ − z at t = 0
 *
 * H comes from the comparison, through which no derivative goes. Labels may lie outside [0, 1]. Source: keras-yolo3
 * `yolo_loss`, `K.binary_crossentropy(…, from_logits=True)`.
 */
export function bceWithLogits<D extends Real>(z: Value<D>, t: Value<D>, { decay, log1p }: Tail): Differentiable<D> {
  sameShapes('bce', { z, t })
  return t.graph.scope('bce', () => {
    const above = less(0, t)
    const H = cast(above, t.dtype)
    const rest = sub(H, z)
    const x = decay(t, above)
    const e = exp(x)
    const r = div(e, add(e, 1))
    return {
      value: add(mul(t, rest), log1p(e, x)),
      slope: add(rest, mul(r, sub(1, mul(H, 2)))), // r, or −r where t > 0: Where takes the CPU provider eight times as long
    }
  })
}

/** E(0, t) = ln(1 + e^t) and its derivative σ(t), for labels that are all 0: nothing cancels. `[...S] → [...S]` */
export function bceOfBackground<D extends Real>(t: Value<D>, { decay, log1p }: Tail): Differentiable<D> {
  return t.graph.scope('bce', () => {
    const above = less(0, t)
    const x = decay(t, above)
    const e = exp(x)
    return {
      value: add(relu(t), log1p(e, x)),
      slope: div(where(above, t.graph.scalar(1, t.dtype), e), add(e, 1)),
    }
  })
}
