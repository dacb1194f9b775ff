import { type DType, elementBytes, type Tensor, type TensorData } from './tensor.js'

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

/** A typed array over the bytes of a tensor. */
type Storage = new (buffer: ArrayBuffer) => ElementData[Exclude<ElementType, 'string'>]

/** How each element type that has a fixed size is stored. */
export const storageOf: Readonly<Record<Exclude<ElementType, 'string'>, Storage>> = {
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

/** Bytes per element; undefined for strings, whose length varies. */
export const bytesOf: Readonly<Record<ElementType, number | undefined>> = {
  ...elementBytes,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  uint64: 8,
  string: undefined,
}

/** Whether an element type, by ONNX's name in lower case, is one we read and compare. */
export const isElementType = (name: string): name is ElementType => Object.hasOwn(bytesOf, name)
