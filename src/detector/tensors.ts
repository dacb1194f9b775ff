import { quoted, sizeOf } from '../io/index.js'
import {
  dataTypeBits,
  dataTypeName,
  decodeTensorProto,
  exact,
  filledFields,
  type GraphProto,
  isExternal,
  payloads,
  type TensorProto,
} from '../onnx/index.js'
import { refuse } from './common.js'

/** Bytes that the elements of a tensor take; undefined for element types without a known size. */
export function byteSize(t: TensorProto): number | undefined {
  const bits = dataTypeBits(t.dataType)
  return bits === undefined ? undefined : Math.ceil((sizeOf(t.dims.map(exact)) * bits) / 8)
}

/**
 * Refuses a tensor whose data contradict its type and shape. Element types we do not know pass: nothing here reads them.
 * @param subject what to call it
 * @throws InputError with the tensor's name and both sizes
 */
export function checkTensor(t: TensorProto, file: string, subject = `initializer ${quoted(t.name)}`): void {
  const shape = t.dims.map(exact)
  const dtype = dataTypeName(t.dataType)
  const no = (what: string) => refuse('E_TENSOR', file, `${subject} (${dtype}[${t.dims.map(String)}]) ${what}`)
  const size = sizeOf(shape)
  if (shape.some((d) => !(d >= 0)) || !Number.isSafeInteger(size * 16)) no('has an impossible shape')
  if (isExternal(t)) return
  const fields = filledFields(t)
  const raw = fields.includes('rawData')
  if (fields.length > 1) no(`holds two sets of values: ${fields.join(' and ')}`)
  if (dtype === 'string' && raw) no('holds strings as raw data')
  const wanted = byteSize(t)
  if (raw && wanted !== undefined && t.rawData.length !== wanted)
    no(`needs ${wanted} bytes of data and has ${t.rawData.length}`)
  if (fields.length === 0 && size > 0) no('has no data')
  const [field] = fields
  if (field === undefined || field === 'rawData') return
  const values = valuesIn(t, size)
  if (values !== undefined && t[field].length !== values) no(`needs ${values} values and has ${t[field].length}`)
}

/** How many values of a typed field stand for so many elements; undefined for element types we do not know. */
function valuesIn(t: TensorProto, size: number): number | undefined {
  const dtype = dataTypeName(t.dataType)
  if (dtype === 'string') return size
  // A complex number is two values; elements of less than a byte share one.
  if (dtype.startsWith('complex')) return 2 * size
  const bits = dataTypeBits(t.dataType)
  return bits === undefined ? undefined : Math.ceil(size * Math.min(1, bits / 8))
}

const sparseField = { values: 1, indices: 2 } as const

/** The tensors that a sparse initializer consists of. @throws InputError for bytes that are none */
export function sparseParts(sparse: Uint8Array, part: keyof typeof sparseField, file: string): TensorProto[] {
  try {
    return payloads(sparse, sparseField[part]).map((bytes) => decodeTensorProto(bytes, file))
  } catch {
    return refuse('E_PROTOBUF', file, 'a sparse initializer is not readable', 'check that the file is undamaged')
  }
}

/** Names of the sparse initializers of a graph: those of their values. */
export const sparseNames = (graph: GraphProto, file: string): string[] =>
  graph.sparseInitializer.flatMap((sparse) => sparseParts(sparse, 'values', file).map((t) => t.name))
