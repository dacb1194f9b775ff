import { quoted, sizeOf } from '../io/index.js'
import {
  type AttributeProto,
  dataTypeBits,
  dataTypeName,
  exact,
  filledFields,
  isExternal,
  type SparseTensorProto,
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

/** How the places of a sparse tensor may be counted: along all of it, or along each axis. */
const indexTypes = ['int8', 'int16', 'int32', 'int64']

/**
 * Refuses a sparse tensor whose parts contradict one another: `n` values, and as many places `[n]` or `[n, rank]`.
 * @param subject what to call it, before the name of its values
 * @throws InputError as `checkTensor`
 */
export function checkSparse(sparse: SparseTensorProto, file: string, subject: string): void {
  const { values, indices, dims } = sparse
  const called = `${subject} ${quoted(sparseName(sparse))}`
  const no: (what: string) => never = (what) =>
    refuse('E_TENSOR', file, `${called} (sparse [${dims.map(String)}]) ${what}`)
  const shape = dims.map(exact)
  if (shape.some((d) => !(d >= 0)) || !Number.isSafeInteger(sizeOf(shape) * 16)) no('has an impossible shape')
  if (!values) no('has no values')
  for (const [part, t] of [['values', values] as const, ['places', indices] as const])
    if (t) checkTensor(t, file, `the ${part} of ${called}`)
  const [count = 0, ...more] = values.dims.map(exact)
  if (values.dims.length === 0 || more.length > 0) no(`has values of rank ${values.dims.length}`)
  if (count > sizeOf(shape)) no(`holds ${count} values, more than it has elements`)
  if (!indices && count === 0) return
  const [dtype, found] = [dataTypeName(indices?.dataType ?? 0), indices?.dims.map(exact) ?? []]
  const fits = [[count], [count, shape.length]].some((wanted) => wanted.join() === found.join())
  if (!fits || !indexTypes.includes(dtype)) no(`has ${count} values at places ${dtype}[${found}]`)
}

/** The sparse tensors that an attribute holds. */
export const sparseIn = ({ sparseTensor, sparseTensors }: AttributeProto): SparseTensorProto[] => [
  ...(sparseTensor ? [sparseTensor] : []),
  ...sparseTensors,
]

/** The tensors that a sparse one consists of. */
export const partsOf = ({ values, indices }: SparseTensorProto): TensorProto[] =>
  [values, indices].filter((t) => t !== null)

/** What a sparse initializer is called: as its values are. */
export const sparseName = ({ values }: SparseTensorProto): string => values?.name ?? ''
