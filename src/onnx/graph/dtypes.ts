import { isReal } from '../../io/index.js'

/** TensorProto.DataType in the order of its numbers: names in lower case, and bits of an element where those are fixed. */
const dataTypes: readonly (readonly [name: string, bits?: number])[] = [
  ['undefined'], ['float32', 32], ['uint8', 8], ['int8', 8], ['uint16', 16], ['int16', 16], ['int32', 32], ['int64', 64],
  ['string'], ['bool', 8], ['float16', 16], ['float64', 64], ['uint32', 32], ['uint64', 64], ['complex64', 64],
  ['complex128', 128], ['bfloat16', 16], ['float8e4m3fn', 8], ['float8e4m3fnuz', 8], ['float8e5m2', 8],
  ['float8e5m2fnuz', 8], ['uint4', 4], ['int4', 4], ['float4e2m1', 4], ['float8e8m0', 8], ['uint2', 2], ['int2', 2],
] // biome-ignore format: a table

/** The name of a TensorProto.DataType, for messages and for comparison with ours. */
export const dataTypeName = (code: number): string => dataTypes[code]?.[0] ?? `data type ${code}`

/** TensorProto.DataType of an element type by its name; 0 (undefined) for a name that ONNX does not have. */
export const dataTypeCode = (name: string): number =>
  Math.max(
    dataTypes.findIndex(([known]) => known === name),
    0,
  )

/** Bits of an element by TensorProto.DataType; undefined for what has no fixed size or is newer than the table. */
export const dataTypeBits = (code: number): number | undefined => dataTypes[code]?.[1]

/** Whether a gradient can go through values of this name: ours, and the one of them that we do not calculate in. */
export const isDifferentiable = (name: string): boolean => isReal(name) || name === 'bfloat16'
