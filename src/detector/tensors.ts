import { quoted } from '../io/index.js'
import { dataTypeName, decodeTensorProto, exact, type GraphProto, payloads, type TensorProto } from '../onnx/index.js'
import { refuse } from './common.js'

/** Bits of one element by TensorProto.DataType; what is missing has no fixed size or is newer than this list. */
const bits: Readonly<Record<number, number>> = {
  1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64, 15: 128, 16: 16,
  17: 8, 18: 8, 19: 8, 20: 8, 21: 4, 22: 4, 23: 4, 24: 8, 25: 2, 26: 2,
} // biome-ignore format: a table

const typed = ['floatData', 'int32Data', 'stringData', 'int64Data', 'doubleData', 'uint64Data'] as const
const string = 8

/** Whether a tensor keeps its data in another file. */
export const isExternal = (t: TensorProto): boolean => t.dataLocation === 1 || t.externalData.length > 0

/** Bytes that the elements of a tensor take; undefined for element types without a known size. */
export function byteSize(t: TensorProto): number | undefined {
  const width = bits[t.dataType]
  return width === undefined ? undefined : Math.ceil((t.dims.reduce<number>((n, d) => n * exact(d), 1) * width) / 8)
}

/**
 * Refuses a tensor whose data contradict its type and shape. Element types we do not know pass: nothing here reads them.
 * @throws InputError with the tensor's name and both sizes
 */
export function checkTensor(t: TensorProto, file: string): void {
  const shape = t.dims.map(exact)
  const label = `initializer ${quoted(t.name)} (${dataTypeName(t.dataType)}[${t.dims.map(String)}])`
  const size = shape.reduce((n, d) => n * d, 1)
  if (shape.some((d) => !(d >= 0)) || !Number.isSafeInteger(size * 16))
    refuse('E_TENSOR', file, `${label} has an impossible shape`)
  if (isExternal(t)) return
  const raw = Object.hasOwn(t, 'rawData')
  const fields = typed.filter((field) => t[field].length > 0)
  if (fields.length + (raw ? 1 : 0) > 1)
    refuse(
      'E_TENSOR',
      file,
      `${label} holds two sets of values: ${[...(raw ? ['rawData'] : []), ...fields].join(' and ')}`,
    )
  if (t.dataType === string && raw) refuse('E_TENSOR', file, `${label} holds strings as raw data`)
  const wanted = byteSize(t)
  if (raw && wanted !== undefined && t.rawData.length !== wanted)
    refuse('E_TENSOR', file, `${label} needs ${wanted} bytes of data and has ${t.rawData.length}`)
  if (!raw && fields.length === 0 && size > 0) refuse('E_TENSOR', file, `${label} has no data`)
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
