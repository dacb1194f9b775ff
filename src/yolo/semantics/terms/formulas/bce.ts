import type { Real } from '../../../../io/index.js'
import type { Value } from '../../../../onnx/index.js'
import { add, mul, neg, sigmoid, sub } from '../../../../onnx/math.js'
import { bceOfBackground, bceWithLogits } from '../../../formulas/bce.js'
import type { Goal, Pointwise } from './goal.js'

/** E(z, t) = max(t, 0) − z·t + ln(1 + e^−|t|) */
export const bce: Pointwise = (z, t, tail) =>
  z === 0 ? bceOfBackground(t, tail).value : bceWithLogits(z, t, tail).value

/** (1 − z)·E(0, t) + p·z·E(1, t), where E(1, t) = E(0, −t): what speaks for z weighs p. */
export function weightedBce(p: number): Pointwise {
  if (p === 1) return bce
  return (z, t, tail) => {
    const against = bce(0, t, tail)
    return z === 0 ? against : add(mul(without(z), against), mul(mul(z, p), bce(0, neg(t), tail)))
  }
}

/** 1 − z */
export const without = <D extends Real>(z: Value<D>): Value<D> => sub(z.graph.scalar(1, z.dtype), z)

/** σ(t) − z as (1 − z)·σ(t) − z·σ(−t): neither tail is lost for the labels 0 and 1. */
export const excess = <D extends Real>(z: Goal<D>, t: Value<D>): Value<D> =>
  z === 0 ? sigmoid(t) : sub(mul(without(z), sigmoid(t)), mul(z, sigmoid(neg(t))))
