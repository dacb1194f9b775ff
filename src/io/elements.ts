import type { DType, Tensor, TensorData } from './tensor.js'

/** The JavaScript storage of the element types that only other people's models use. */
interface ForeignData {
  uint8: Uint8Array
  int8: Int8Array
  uint16: Uint16Array
  int16: Int16Array
  uint32: Uint32Array
  uint64: BigUint64Array
  string: readonly string[]
}

/** Element types we read, run and compare: those the builder emits, and the others that onnxruntime-node passes on. */
export type ElementType = DType | keyof ForeignData
export type ElementData = TensorData & ForeignData

/** A dense array of any element type, in row-major order. */
export interface AnyTensor<E extends ElementType = ElementType> {
  readonly dtype: E
  readonly shape: readonly number[]
  readonly data: ElementData[E]
}

/** A tensor with the name its file gives it; `''` when it gives none. */
export interface NamedTensor<T extends AnyTensor = Tensor> {
  readonly name: string
  readonly tensor: T
}

/** A kind of typed array over the bytes of a tensor. */
interface Storage<E extends ElementType> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBuffer): ElementData[E]
}

/** How each element type that has a fixed size is stored. */
export const storageOf: { readonly [E in Exclude<ElementType, 'string'>]: Storage<E> } = {
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
}

/** Whether an element type, by ONNX's name in lower case, is one we read and compare. */
export const isElementType = (name: string): name is ElementType => name === 'string' || Object.hasOwn(storageOf, name)
