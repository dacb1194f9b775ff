import type { DType } from '../../io/index.js'

/** TensorProto.DataType by number, names in lower case. */
const names: readonly string[] = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
  'float8e8m0',
  'uint2',
  'int2',
]

/** TensorProto.DataType of the element types we emit. */
export const dataTypeOf: Readonly<Record<DType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
}

/** The name of a TensorProto.DataType, for messages and for comparison with ours. */
export const dataTypeName = (code: number): string => names[code] ?? `data type ${code}`

/** Whether a data type's name is one we can read and compare. */
export const isDType = (name: string): name is DType => Object.hasOwn(dataTypeOf, name)

/** TensorProto.DataType of an element type by its name; 0 (undefined) for a name that ONNX does not have. */
export const codeOf = (name: string): number => Math.max(names.indexOf(name), 0)
