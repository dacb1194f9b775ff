import type { Real } from '../../../../io/index.js'
import type { Value } from '../../../../onnx/index.js'
import { mul, pow } from '../../../../onnx/math.js'

/** xᵞ for x ≥ 0; nothing for γ = 0, of which a power would have no derivative at 0. */
export function power<D extends Real>(x: Value<D>, gamma: number): Value<D> | undefined {
  if (gamma === 0) return undefined
  if (gamma === 1) return x
  return gamma === 2 ? mul(x, x) : pow(x, gamma)
}

/** a·b, where b may be left out as 1. */
export const times = <D extends Real>(a: Value<D>, b: Value<D> | undefined): Value<D> => (b ? mul(a, b) : a)
