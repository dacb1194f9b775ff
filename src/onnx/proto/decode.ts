import type { AnyTensor, ElementData, ElementType, NamedTensor } from '../../io/index.js'
import { InputError, isElementType, quoted, sizeOf, storageOf } from '../../io/index.js'
import { dataTypeName } from '../graph/dtypes.js'
import { decodeTensorProto, exact } from './codec.js'
import type { Int64, TensorProto } from './messages.js'

type TypedField = (typeof typedFields)[number]
type ValueField = 'rawData' | TypedField

const typedFields = ['floatData', 'int32Data', 'stringData', 'int64Data', 'doubleData', 'uint64Data'] as const

/** Where ONNX keeps the values of each element type that are not raw (TensorProto's comments). */
const fieldOf: Readonly<Record<ElementType, TypedField>> = {
  float32: 'floatData',
  float64: 'doubleData',
  float16: 'int32Data',
  int32: 'int32Data',
  int64: 'int64Data',
  bool: 'int32Data',
  uint8: 'int32Data',
  int8: 'int32Data',
  uint16: 'int32Data',
  int16: 'int32Data',
  uint32: 'uint64Data',
  uint64: 'uint64Data',
  string: 'stringData',
}

/** Says where the fault lies and refuses the tensor. */
function refuse(message: TensorProto, file: string, what: string, remedy?: string): never {
  const subject = message.name === '' ? 'the tensor' : `tensor ${quoted(message.name)}`
  throw new InputError('E_TENSOR', { where: file, what: `${subject} ${what}`, remedy })
}

function elementType(message: TensorProto, file: string): ElementType {
  const name = dataTypeName(message.dataType)
  if (isElementType(name)) return name
  const known = Object.keys(fieldOf).join(', ')
  return refuse(message, file, `has element type ${name}`, `supported are ${known}`)
}

/** The shape, checked before anything is allocated. */
function shapeOf(message: TensorProto, file: string): number[] {
  const shape = message.dims.map(exact)
  const text = `[${message.dims.map(String)}]`
  if (shape.some((d) => !(d >= 0))) refuse(message, file, `has the impossible shape ${text}`)
  if (!Number.isSafeInteger(sizeOf(shape))) refuse(message, file, `has the impossible size ${text}`)
  return shape
}

/** Whether a tensor keeps its data in another file. */
export const isExternal = (t: TensorProto): boolean => t.dataLocation !== 0 || t.externalData.length > 0

/** The fields of a tensor that hold values. */
export const filledFields = (t: TensorProto): ValueField[] => [
  ...(Object.hasOwn(t, 'rawData') ? ['rawData' as const] : []),
  ...typedFields.filter((field) => t[field].length > 0),
]

/** The one field that holds the values; two of them leave the value open (onnxruntime takes either silently). */
function valueField(message: TensorProto, file: string): ValueField | undefined {
  if (isExternal(message)) refuse(message, file, 'keeps its data in another file', 'store the data inside this file')
  const present = filledFields(message)
  if (present.length > 1) refuse(message, file, `holds two sets of values: ${present.join(' and ')}`)
  return present[0]
}

type Numeric = Exclude<ElementType, 'string'>

function fromRaw(message: TensorProto, dtype: ElementType, shape: number[], file: string): ElementData[Numeric] {
  const raw = message.rawData
  if (dtype === 'string') return refuse(message, file, 'is string but keeps its values in rawData')
  const wanted = sizeOf(shape) * storageOf[dtype].BYTES_PER_ELEMENT
  if (raw.length !== wanted) {
    refuse(message, file, `${dtype}[${shape}] needs ${wanted} bytes of data and has ${raw.length}`)
  }
  // Copied: the bytes lie unaligned inside the file.
  return new storageOf[dtype](new Uint8Array(raw).buffer)
}

/** Two's complement keeps negative int64 values apart from large uint64 ones. */
const wide = (values: readonly (Int64 | number)[]): bigint[] => values.map((v) => BigInt(v.toString()))

function fromTyped(message: TensorProto, dtype: ElementType, shape: number[], file: string): ElementData[ElementType] {
  const values = message[fieldOf[dtype]]
  const wanted = sizeOf(shape)
  if (values.length !== wanted) {
    refuse(message, file, `${dtype}[${shape}] needs ${wanted} values and has ${values.length}`)
  }
  if (dtype === 'string') return message.stringData.map((text) => new TextDecoder().decode(text))
  if (dtype === 'int64') return BigInt64Array.from(wide(message.int64Data))
  if (dtype === 'uint64') return BigUint64Array.from(wide(message.uint64Data))
  const Storage = storageOf[dtype]
  const data = new Storage(new ArrayBuffer(wanted * Storage.BYTES_PER_ELEMENT)) as Float64Array
  data.set(Array.from(values as (Int64 | number)[], Number))
  return data
}

/**
 * The tensor that a message holds, from raw or typed data.
 * @throws InputError for other element types, impossible shapes, sizes that disagree, external or ambiguous data
 */
export function tensorFrom(message: TensorProto, file: string): NamedTensor<AnyTensor> {
  const dtype = elementType(message, file)
  const shape = shapeOf(message, file)
  const field = valueField(message, file)
  if (field !== undefined && field !== 'rawData' && field !== fieldOf[dtype]) {
    refuse(message, file, `is ${dtype} but keeps its values in ${field}`)
  }
  const data = field === 'rawData' ? fromRaw(message, dtype, shape, file) : fromTyped(message, dtype, shape, file)
  return { name: message.name, tensor: { dtype, shape, data } }
}

/**
 * Reads a `.pb` file of the ONNX backend tests.
 * @param file what to call it in messages
 * @throws InputError as `tensorFrom`, and for bytes that are no TensorProto
 */
export const decodeTensor = (bytes: Uint8Array, file: string): NamedTensor<AnyTensor> =>
  tensorFrom(decodeTensorProto(bytes, file), file)
