import { sigmoid } from '../../boxes.js'
import { crossEntropy } from '../../entropy.js'
import { excess } from './bce.js'
import type { Pointwise } from './pointwise.js'

/**
 * α·|z − σ|^γ·E(z, t), the weight with a gradient of its own.
 *
 *     d/dt = α·(γ·|e|^(γ−1)·sign(e)·σ(1−σ)·E + |e|^γ·e),   e = σ − z
 */
export const focal =
  (alpha: number, gamma: number): Pointwise =>
  (z, t) => {
    const [e, ce] = [excess(z, t), crossEntropy(z, t)]
    const weight = Math.abs(e) ** gamma
    const turn = gamma === 0 ? 0 : gamma * Math.abs(e) ** (gamma - 1) * Math.sign(e) * sigmoid(t) * sigmoid(-t)
    return { value: alpha * weight * ce, slope: alpha * (turn * ce + weight * e) }
  }
