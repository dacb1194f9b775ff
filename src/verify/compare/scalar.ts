import { type AnyTensor, halfBits, halfValue } from '../../io/index.js'

/** An element of a tensor; 64-bit integers stay exact. */
export type Scalar = number | bigint | string

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

/** The tensor with other elements, in its own element type. */
export function withElements(tensor: AnyTensor, element: (place: number) => number): AnyTensor {
  const made = Array.from({ length: tensor.data.length }, (_, i) => element(i))
  if (tensor.dtype === 'float16') return { ...tensor, data: Uint16Array.from(made, halfBits) }
  return { ...tensor, data: (tensor.dtype === 'float64' ? Float64Array : Float32Array).from(made) } as AnyTensor
}
