import type { AnyTensor } from '../../io/index.js'

/** An element of a tensor; 64-bit integers stay exact. */
export type Scalar = number | bigint | string

/** The value of a float16 from its bits (IEEE 754 binary16). */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/** The value of one element, by its place in row-major order. */
export function elementAt(tensor: AnyTensor, place: number): Scalar {
  const value = tensor.data[place] ?? Number.NaN
  return tensor.dtype === 'float16' ? halfValue(Number(value)) : value
}

/** The index along each axis of a place in row-major order; `[]` in a scalar. */
export function indexOf(place: number, shape: readonly number[]): number[] {
  let rest = place
  return shape
    .toReversed()
    .map((size) => {
      const index = rest % size
      rest = (rest - index) / size
      return index
    })
    .toReversed()
}
