import { sigmoid } from '../../boxes.js'
import { crossEntropy } from '../../entropy.js'
import type { Pointwise } from './pointwise.js'

/** σ(t) − z as (1 − z)·σ(t) − z·σ(−t): neither tail is lost for the labels 0 and 1. */
export const excess = (z: number, t: number): number => (1 - z) * sigmoid(t) - z * sigmoid(-t)

/** E(z, t) = max(t, 0) − z·t + ln(1 + e^−|t|); d/dt = σ − z. */
export const bce: Pointwise = (z, t) => ({ value: crossEntropy(z, t), slope: excess(z, t) })

/** −p·z·ln σ − (1 − z)·ln(1 − σ) = (1 − z)·E(0, t) + p·z·E(1, t): what speaks for z weighs p. */
export function weightedBce(p: number): Pointwise {
  if (p === 1) return bce
  return (z, t) => ({
    value: (1 - z) * crossEntropy(0, t) + p * z * crossEntropy(1, t),
    slope: (1 - z) * sigmoid(t) - p * z * sigmoid(-t),
  })
}
