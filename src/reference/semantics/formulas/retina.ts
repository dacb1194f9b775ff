import { sigmoid } from '../../boxes.js'
import { crossEntropy } from '../../entropy.js'
import { excess } from './bce.js'
import type { Pointwise } from './pointwise.js'

/**
 * The focal loss of RetinaNet, (1 − p)^γ·w·E(z, t) with p = zσ + (1 − z)(1 − σ), w = zα + (1 − z)(1 − α).
 *
 *     q = 1 − p = z(1 − σ) + (1 − z)σ,   dq/dt = (1 − 2z)·σ(1 − σ)
 *     d/dt = w·(γ·q^(γ−1)·dq/dt·E + q^γ·(σ − z))
 */
export const retina =
  (alpha: number, gamma: number): Pointwise =>
  (z, t) => {
    const weight = z * alpha + (1 - z) * (1 - alpha)
    const q = z * sigmoid(-t) + (1 - z) * sigmoid(t)
    const dq = (1 - 2 * z) * sigmoid(t) * sigmoid(-t)
    const ce = crossEntropy(z, t)
    const turn = gamma === 0 ? 0 : gamma * q ** (gamma - 1) * dq
    return { value: weight * q ** gamma * ce, slope: weight * (turn * ce + q ** gamma * excess(z, t)) }
  }
