import type { Value } from '../../onnx/index.js'
import { mul, sub } from '../../onnx/math.js'

// 2¹² + 1: half of the 24 bits of a float32 number.
const splitter = 4097

/** Two numbers that add up to one, of 12 bits each, so that products of such are exact. */
export interface Halves<T> {
  readonly high: T
  readonly low: T
}

/** Source: T. J. Dekker, "A floating-point technique for extending the available precision", 1971, section 5. */
export function halves(x: Value<'float32'>): Halves<Value<'float32'>> {
  const c = mul(x, splitter)
  const high = sub(c, sub(c, x))
  return { high, low: sub(x, high) }
}

/** The same of numbers known beforehand, of which the low half keeps 24 bits. */
export function halvesOf(values: readonly number[]): Halves<number[]> {
  const high = values.map((x) => {
    const c = Math.fround(Math.fround(x) * splitter)
    return Math.fround(c - Math.fround(c - Math.fround(x)))
  })
  return { high, low: values.map((x, i) => Math.fround(x - (high[i] as number))) }
}
