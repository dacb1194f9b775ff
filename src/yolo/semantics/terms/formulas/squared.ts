import type { Real } from '../../../../io/index.js'
import type { Value } from '../../../../onnx/index.js'
import { abs, mul, sub } from '../../../../onnx/math.js'
import type { Goal, Pointwise } from './goal.js'

/** t − z */
const error = <D extends Real>(z: Goal<D>, t: Value<D>): Value<D> => (z === 0 ? t : sub(t, z))

/** (t − z)² */
export const squared: Pointwise = (z, t) => {
  const e = error(z, t)
  return mul(e, e)
}

/** ½(t − z)² */
export const halfSquared: Pointwise = (z, t, tail) => mul(squared(z, t, tail), 0.5)

/** |t − z|; the derivative is 0 where they are equal. */
export const absolute: Pointwise = (z, t) => abs(error(z, t))
