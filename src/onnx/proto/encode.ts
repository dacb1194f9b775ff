import proto, { type onnx } from 'onnx-proto'
import { type AnyTensor, expectArguments, must } from '../../io/index.js'
import { dataTypeCode } from '../graph/dtypes.js'
import type { Attribute, Body, Dim, Initializer, Model, Node, ValueInfo } from '../graph/model.js'
import { unpacked } from './unpacked.js'

const messages = proto.onnx

/** AttributeProto.AttributeType of the attributes we emit. */
const attributeType = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7 } as const

const encoded = <M>(type: { encode(message: M): { finish(): Uint8Array } }, message: M): Uint8Array =>
  new Uint8Array(type.encode(message).finish())

/** A JavaScript number beyond 2^53 would be written as another integer than the one meant. */
function integer(value: number, where: string): number {
  if (!Number.isSafeInteger(value)) throw new Error(`internal: ${where}: ${value} is no exact integer`)
  return value
}

/** Little-endian, as ONNX asks; so is every machine that onnxruntime-node runs on. */
function values({ dtype, data }: AnyTensor): Pick<onnx.ITensorProto, 'rawData' | 'stringData'> {
  if (dtype === 'string') return { stringData: (data as readonly string[]).map((s) => new TextEncoder().encode(s)) }
  const { buffer, byteOffset, byteLength } = data as ArrayBufferView
  return { rawData: new Uint8Array(buffer, byteOffset, byteLength) }
}

const tensorProto = (name: string, tensor: AnyTensor): onnx.ITensorProto => ({
  dims: tensor.shape.map((d) => integer(d, `shape of ${name}`)),
  dataType: dataTypeCode(tensor.dtype),
  name,
  ...values(tensor),
})

const dimension = (dim: Dim, name: string): onnx.TensorShapeProto.IDimension =>
  typeof dim === 'number' ? { dimValue: integer(dim, `shape of ${name}`) } : { dimParam: dim }

const valueInfo = ({ name, dtype, shape }: ValueInfo): onnx.IValueInfoProto => ({
  name,
  type: { tensorType: { elemType: dataTypeCode(dtype), shape: { dim: shape.map((d) => dimension(d, name)) } } },
})

function attribute(name: string, value: Attribute): onnx.IAttributeProto {
  const where = `attribute ${name}`
  if ('int' in value) return { name, type: attributeType.int, i: integer(value.int, where) }
  if ('ints' in value) return { name, type: attributeType.ints, ints: value.ints.map((i) => integer(i, where)) }
  if ('float' in value) return { name, type: attributeType.float, f: value.float }
  if ('floats' in value) return { name, type: attributeType.floats, floats: [...value.floats] }
  if ('attribute' in value) return { name, type: attributeType[value.of], refAttrName: value.attribute }
  if ('string' in value) return { name, type: attributeType.string, s: new TextEncoder().encode(value.string) }
  if ('tensor' in value) return { name, type: attributeType.tensor, t: tensorProto('', value.tensor) }
  return { name, type: attributeType.graph, g: graph(value.graph) }
}

/** By code unit, so that the order depends on no locale. */
const sorted = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))

const entries = (metadata: Model['metadata']) => sorted(metadata).map(([key, value]) => ({ key, value }))

const node = ({ name, op, domain, inputs, outputs, attributes }: Node): onnx.INodeProto => ({
  name,
  opType: op,
  ...(domain === undefined ? {} : { domain }),
  input: [...inputs],
  output: [...outputs],
  attribute: sorted(attributes).map(([key, value]) => attribute(key, value)),
})

const graph = (body: Body): onnx.IGraphProto => ({
  name: body.name,
  node: body.nodes.map(node),
  initializer: body.initializers.map(({ name, tensor }) => tensorProto(name, tensor)),
  input: body.inputs.map(valueInfo),
  output: body.outputs.map(valueInfo),
  valueInfo: body.values.map(valueInfo),
})

/**
 * The bytes of a model that the builder made; equal models give equal bytes. Attributes and metadata are sorted by
 * name, tensors written as raw data, lists of numbers unpacked: readers written by hand know no other spelling.
 * @throws Error `internal: …` when an integer does not fit a double exactly
 */
export function encodeModel(model: Model): Uint8Array {
  const message: onnx.IModelProto = {
    irVersion: model.irVersion,
    producerName: model.producer.name,
    producerVersion: model.producer.version,
    graph: graph(model.body),
    opsetImport: [{ domain: '', version: model.opset }],
    metadataProps: entries(model.metadata),
  }
  return unpacked('model', encoded(messages.ModelProto, message))
}

function tensorBytes(name: string, tensor: AnyTensor): Uint8Array {
  return encoded(messages.TensorProto, tensorProto(name, tensor))
}

/** The bytes of one tensor as the `.pb` files of the ONNX backend tests hold it. */
export function encodeTensor(name: string, tensor: AnyTensor): Uint8Array {
  expectArguments('encodeTensor', { name: must.text, tensor: must.anyTensor }, { name, tensor })
  return tensorBytes(name, tensor)
}

/** A local function, as models hold it: operators that read its inputs and attributes. */
export interface FunctionBody {
  readonly domain: string
  readonly name: string
  readonly doc: string
  readonly opset: number
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: readonly string[]
  readonly nodes: readonly Node[]
}

const functionProto = ({ name, inputs, outputs, attributes, nodes, doc, opset, domain }: FunctionBody) => ({
  name,
  input: [...inputs],
  output: [...outputs],
  attribute: [...attributes],
  node: nodes.map(node),
  docString: doc,
  opsetImport: [{ domain: '', version: opset }],
  domain,
})

/** The parts of a model one by one, for putting into a model of somebody else's. Throws as `encodeModel`. */
export const encodePart = {
  node: (n: Node): Uint8Array => unpacked('node', encoded(messages.NodeProto, node(n))),
  initializer: ({ name, tensor }: Initializer): Uint8Array => unpacked('initializer', tensorBytes(name, tensor)),
  value: (v: ValueInfo): Uint8Array => encoded(messages.ValueInfoProto, valueInfo(v)),
  opset: (domain: string, version: number): Uint8Array => encoded(messages.OperatorSetIdProto, { domain, version }),
  metadata: (metadata: Model['metadata']): Uint8Array[] =>
    entries(metadata).map((entry) => encoded(messages.StringStringEntryProto, entry)),
  function: (f: FunctionBody): Uint8Array => unpacked('function', encoded(messages.FunctionProto, functionProto(f))),
} as const
