const dtypes = ['float16', 'float32', 'float64', 'int32', 'int64', 'bool'] as const
/** Element types the builder emits. The names are ONNX's own, in lower case. */
export type DType = (typeof dtypes)[number]

/** Floating-point element types. */
export const reals = ['float16', 'float32', 'float64'] as const
export type Real = (typeof reals)[number]
export const isReal = (dtype: string): dtype is Real => (reals as readonly string[]).includes(dtype)

/** The JavaScript storage of each element type; float16 holds raw bits. */
export interface TensorData {
  float16: Uint16Array
  float32: Float32Array
  float64: Float64Array
  int32: Int32Array
  int64: BigInt64Array
  bool: Uint8Array
}

/** A dense array in row-major order. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D
  readonly shape: readonly number[]
  readonly data: TensorData[D]
}

/** Whether an element type, by ONNX's name in lower case, is one the builder emits. */
export const isDType = (name: string): name is DType => (dtypes as readonly string[]).includes(name)

/** Number of elements of a shape; 1 for rank 0. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)

/** A float32 tensor from plain numbers. */
export const float32 = (shape: readonly number[], values: ArrayLike<number>): Tensor<'float32'> => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
})

/** A number as short as its element type allows: float32 0.1, not 0.10000000149011612. */
export function spellNumber(dtype: DType, x: number | bigint): string {
  if (Object.is(x, -0)) return '-0'
  if (dtype !== 'float32') return String(x)
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(Number(x).toPrecision(digits)))
    if (Math.fround(Number(text)) === x) return text
  }
  return String(x)
}
