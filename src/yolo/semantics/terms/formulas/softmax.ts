import type { Real } from '../../../../io/index.js'
import type { Value } from '../../../../onnx/index.js'
import { exp, log, mul, neg, reduceMax, reduceSum, sub } from '../../../../onnx/math.js'
import { without } from './bce.js'
import { power, times } from './power.js'

const last = { axes: [-1], keep: true }

/** t − ln Σ e^t along the last axis, the greatest logit taken out first. */
function logSoftmax<D extends Real>(t: Value<D>): Value<D> {
  const x = sub(t, reduceMax(t, last))
  return sub(x, log(reduceSum(exp(x), last)))
}

/** −y_c·ln p_c, p = softmax(t): `[…, C] → […, C]` */
export const softmax = <D extends Real>(y: Value<D>, t: Value<D>): Value<D> => neg(mul(y, logSoftmax(t)))

/** −α·(1 − p_c)^γ·y_c·ln p_c: `[…, C] → […, C]` */
export function softmaxFocal<D extends Real>(y: Value<D>, t: Value<D>, alpha: number, gamma: number): Value<D> {
  const logs = logSoftmax(t)
  return mul(times(mul(y, logs), power(without(exp(logs)), gamma)), -alpha)
}
