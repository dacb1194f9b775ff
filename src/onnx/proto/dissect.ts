import { type AnyTensor, refuse } from '../../io/index.js'
import { dataTypeCode } from '../graph/dtypes.js'
import { decodeModel, encodeForeign } from './codec.js'
import type { GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from './messages.js'
import { inOrder, made } from './order.js'
import { type ModelNode, modelNode } from './read.js'
import { valuesRead } from './walk.js'

/** A value of which only the name is said; onnxruntime infers the rest. */
const named = (name: string): ValueInfoProto => ({ name }) as ValueInfoProto

const typed = (name: string, { dtype, shape }: AnyTensor): ValueInfoProto =>
  ({
    name,
    type: { tensorType: { elemType: dataTypeCode(dtype), shape: { dim: shape.map((d) => ({ dimValue: d })) } } },
  }) as ValueInfoProto

/** The shape of an output is left open: a faulty node may give another than is expected of it. */
const typedOnly = (name: string, { dtype }: AnyTensor): ValueInfoProto =>
  ({ name, type: { tensorType: { elemType: dataTypeCode(dtype) } } }) as ValueInfoProto

function graphOf(model: ModelProto, file: string): GraphProto {
  if (model.graph) return model.graph
  refuse('E_NOT_A_MODEL', file, 'this is no ONNX model: it has no graph')
}

/** A node of a model in topological order; its name is that of its first output where it has none. */
export interface GraphNode extends ModelNode {
  /** Its attributes as text, so that two nodes can be held against each other. */
  attributes(): string
}

/** A model opened for a look at its inner values. */
export interface Dissection {
  readonly nodes: readonly GraphNode[]
  readonly constants: ReadonlyMap<string, TensorProto>
  readonly outputs: readonly string[]
  /** The model with every value of its first `count` nodes as an output, and without the nodes after them. */
  exposed(count: number): Uint8Array
  /** The one node as a model of its own, its inputs and outputs typed by these values. */
  alone(index: number, values: ReadonlyMap<string, AnyTensor>): Uint8Array
  /** The model without some nodes: what they make is fed to it, typed by these values. */
  without(indices: readonly number[], values: ReadonlyMap<string, AnyTensor>): Uint8Array
}

/** The order of its parts is that of the reports. */
function graphNode(node: NodeProto): GraphNode {
  const { op, domain, inputs, reads } = modelNode(node)
  const outputs = made(node)
  const attributes = () => JSON.stringify(node.attribute, (_, v) => (typeof v === 'bigint' ? v.toString() : v))
  return { name: node.name || (outputs[0] ?? ''), op, domain, outputs, inputs, reads, attributes }
}

function exposed(model: ModelProto, graph: GraphProto, nodes: readonly NodeProto[], count: number): Uint8Array {
  const kept = nodes.slice(0, count)
  const values = new Set(kept.flatMap(made))
  const own = graph.output.filter((o) => values.has(o.name))
  for (const { name } of own) values.delete(name)
  const output = [...own, ...[...values].map(named)]
  return encodeForeign({ ...model, graph: { ...graph, node: [...kept], output } })
}

function alone(
  model: ModelProto,
  graph: GraphProto,
  node: NodeProto,
  values: ReadonlyMap<string, AnyTensor>,
): Uint8Array {
  const reads = valuesRead(node)
  const initializer = graph.initializer.filter((t) => reads.includes(t.name))
  const constant = new Set(initializer.map((t) => t.name))
  const infos = (names: readonly string[], info: (name: string, value: AnyTensor) => ValueInfoProto) =>
    names.flatMap((name) => {
      const value = values.get(name)
      return value ? [info(name, value)] : []
    })
  const fed = reads.filter((name) => !constant.has(name))
  const input = infos(fed, typed)
  const output = infos(made(node), typedOnly)
  const part = { name: graph.name, node: [node], initializer, input, output } as GraphProto
  return encodeForeign({ ...model, graph: part })
}

function without(
  model: ModelProto,
  graph: GraphProto,
  nodes: readonly NodeProto[],
  values: ReadonlyMap<string, AnyTensor>,
): Uint8Array {
  const fed = nodes.flatMap(made).filter((name) => values.has(name))
  const input = [...graph.input, ...fed.map((name) => typed(name, values.get(name) as AnyTensor))]
  const node = graph.node.filter((own) => !nodes.includes(own))
  // An output that is fed is no longer one that the model makes.
  const output = graph.output.filter(({ name }) => !fed.includes(name))
  return encodeForeign({ ...model, graph: { ...graph, node, input, output } })
}

/** Opens a model for a look at its inner values. @throws InputError when it is none */
export function dissect(bytes: Uint8Array, file: string): Dissection {
  const model = decodeModel(bytes, file)
  const graph = graphOf(model, file)
  const nodes = inOrder(graph.node)
  return {
    nodes: nodes.map(graphNode),
    constants: new Map(graph.initializer.map((t) => [t.name, t])),
    outputs: graph.output.map((o) => o.name),
    exposed: (count) => exposed(model, graph, nodes, count),
    alone: (index, values) => alone(model, graph, nodes[index] as NodeProto, values),
    without: (indices, values) => {
      const left = indices.map((index) => nodes[index] as NodeProto)
      return without(model, graph, left, values)
    },
  }
}
