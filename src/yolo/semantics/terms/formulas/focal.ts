import { abs, mul } from '../../../../onnx/math.js'
import { bce, excess } from './bce.js'
import type { Pointwise } from './goal.js'
import { power, times } from './power.js'

/** α·|z − σ|^γ·E(z, t) */
export const focal =
  (alpha: number, gamma: number): Pointwise =>
  (z, t, tail) => {
    const error = excess(z, t)
    return mul(times(bce(z, t, tail), power(gamma === 2 ? error : abs(error), gamma)), alpha)
  }
