import { add, mul, neg, sigmoid } from '../../../../onnx/math.js'
import { bce, without } from './bce.js'
import type { Pointwise } from './goal.js'
import { power, times } from './power.js'

/** The focal loss of RetinaNet, q^γ·(zα + (1 − z)(1 − α))·E(z, t) with q = z(1 − σ) + (1 − z)σ. */
export const retina =
  (alpha: number, gamma: number): Pointwise =>
  (z, t, tail) => {
    const E = bce(z, t, tail)
    if (z === 0) return mul(times(E, power(sigmoid(t), gamma)), 1 - alpha)
    const rest = without(z)
    const q = add(mul(z, sigmoid(neg(t))), mul(rest, sigmoid(t)))
    return mul(times(E, power(q, gamma)), add(mul(z, alpha), mul(rest, 1 - alpha)))
  }
