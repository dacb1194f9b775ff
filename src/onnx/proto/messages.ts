/**
 * The decoded messages, as far as we look into them. An absent string reads as '', a list as [], a message as null;
 * ask `Object.hasOwn` where absent and empty differ.
 */

/** A 64-bit integer as protobufjs hands it out. */
export interface Int64 {
  toNumber(): number
  toString(): string
}

export interface EntryProto {
  key: string
  value: string
}

export interface OperatorSetIdProto {
  domain: string
  version: Int64 | number
}

export interface TensorProto {
  dims: (Int64 | number)[]
  dataType: number
  name: string
  rawData: Uint8Array
  floatData: number[]
  int32Data: number[]
  stringData: Uint8Array[]
  int64Data: (Int64 | number)[]
  doubleData: number[]
  uint64Data: (Int64 | number)[]
  externalData: EntryProto[]
  dataLocation: number
}

/** Values, and at which places of a tensor of zeros they stand. */
export interface SparseTensorProto {
  values: TensorProto | null
  indices: TensorProto | null
  dims: (Int64 | number)[]
}

export interface DimensionProto {
  dimValue: Int64 | number
  dimParam: string
}

export interface TypeProto {
  tensorType: { elemType: number; shape: { dim: DimensionProto[] } | null } | null
}

export interface ValueInfoProto {
  name: string
  type: TypeProto | null
}

export interface AttributeProto {
  name: string
  type: number
  f: number
  i: Int64 | number
  s: Uint8Array
  floats: number[]
  ints: (Int64 | number)[]
  t: TensorProto | null
  g: GraphProto | null
  tensors: TensorProto[]
  sparseTensor: SparseTensorProto | null
  sparseTensors: SparseTensorProto[]
  graphs: GraphProto[]
}

export interface NodeProto {
  name: string
  opType: string
  domain: string
  overload: string
  input: string[]
  output: string[]
  attribute: AttributeProto[]
}

export interface GraphProto {
  name: string
  node: NodeProto[]
  initializer: TensorProto[]
  input: ValueInfoProto[]
  output: ValueInfoProto[]
  valueInfo: ValueInfoProto[]
  sparseInitializer: SparseTensorProto[]
}

export interface FunctionProto {
  name: string
  domain: string
  overload: string
  input: string[]
  output: string[]
  node: NodeProto[]
}

export interface ModelProto {
  irVersion: Int64 | number
  producerName: string
  producerVersion: string
  graph: GraphProto | null
  opsetImport: OperatorSetIdProto[]
  metadataProps: EntryProto[]
  functions: FunctionProto[]
}
