import { type AnyTensor, type ElementType, halfBits } from '../../io/index.js'

/** An output as the oracle has it. */
export interface Answer {
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
  /** By element, how far it may be off beyond the relative tolerance; undefined where it must be exact. */
  readonly slack: Float64Array | undefined
}

export const vector = (shape: readonly number[], values: ArrayLike<number>, slack: ArrayLike<number>): Answer => ({
  shape,
  values,
  slack: Float64Array.from(slack),
})

export const exactly = (shape: readonly number[], values: ArrayLike<number>): Answer => ({
  shape,
  values,
  slack: undefined,
})

const makers: Partial<Record<ElementType, (values: ArrayLike<number>) => AnyTensor['data']>> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  float16: (values) => Uint16Array.from(values, halfBits),
  int64: (values) => BigInt64Array.from(Array.from(values, BigInt)),
}

/** The answer as a tensor of an element type; undefined for one that none of our outputs has. */
export function tensorOf({ shape, values }: Answer, dtype: ElementType): AnyTensor | undefined {
  const data = makers[dtype]?.(values)
  return data && ({ dtype, shape, data } as AnyTensor)
}
