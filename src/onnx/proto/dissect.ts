import { type AnyTensor, InputError } from '../../io/index.js'
import { decodeModel, encodeForeign } from './codec.js'
import { codeOf } from './dtypes.js'
import type { GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from './messages.js'
import { valuesRead } from './walk.js'

/** A value of which only the name is said; onnxruntime infers the rest. */
const named = (name: string): ValueInfoProto => ({ name }) as ValueInfoProto

const typed = (name: string, { dtype, shape }: AnyTensor): ValueInfoProto =>
  ({
    name,
    type: { tensorType: { elemType: codeOf(dtype), shape: { dim: shape.map((d) => ({ dimValue: d })) } } },
  }) as ValueInfoProto

/** The shape of an output is left open: a faulty node may give another than is expected of it. */
const typedOnly = (name: string, { dtype }: AnyTensor): ValueInfoProto =>
  ({ name, type: { tensorType: { elemType: codeOf(dtype) } } }) as ValueInfoProto

function graphOf(model: ModelProto, file: string): GraphProto {
  if (model.graph) return model.graph
  throw new InputError('E_NOT_A_MODEL', { where: file, what: 'this is no ONNX model: it has no graph' })
}

/** Nodes so that each comes after those it reads from; onnxruntime does not insist on that order in the file. */
function inOrder(nodes: readonly NodeProto[]): NodeProto[] {
  const maker = new Map(nodes.flatMap((n) => n.output.filter((o) => o !== '').map((o) => [o, n] as const)))
  const sorted = new Set<NodeProto>()
  // Iterative, as a chain of nodes may be longer than the call stack.
  for (const root of nodes) {
    const stack = [root]
    const open = new Set<NodeProto>()
    while (stack.length > 0) {
      const node = stack.at(-1) as NodeProto
      const before = valuesRead(node).flatMap((name) => maker.get(name) ?? [])
      const next = before.find((n) => !sorted.has(n) && !open.has(n))
      open.add(node)
      if (next) stack.push(next)
      else sorted.add(stack.pop() as NodeProto)
    }
  }
  return [...sorted]
}

/** A node of a model in topological order. */
export interface GraphNode {
  /** Its name, or that of its first output where it has none. */
  readonly name: string
  readonly op: string
  readonly domain: string
  readonly outputs: readonly string[]
  /** Its inputs in order, `''` for an omitted one. */
  readonly inputs: readonly string[]
  /** Its inputs and what its subgraphs take from outside, constants included. */
  readonly reads: readonly string[]
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
}

const attributesOf = ({ attribute }: NodeProto): string =>
  JSON.stringify(attribute, (_, v) => (typeof v === 'bigint' ? v.toString() : v))

const facts = (node: NodeProto): GraphNode => ({
  name: node.name || (node.output.find((o) => o !== '') ?? ''),
  op: node.opType,
  domain: node.domain,
  outputs: node.output.filter((o) => o !== ''),
  inputs: node.input,
  reads: valuesRead(node),
  attributes: () => attributesOf(node),
})

function exposed(model: ModelProto, graph: GraphProto, nodes: readonly NodeProto[], count: number): Uint8Array {
  const kept = nodes.slice(0, count)
  const made = new Set(kept.flatMap((n) => n.output).filter((o) => o !== ''))
  const own = graph.output.filter((o) => made.has(o.name))
  for (const { name } of own) made.delete(name)
  const output = [...own, ...[...made].map(named)]
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
  const output = infos(
    node.output.filter((o) => o !== ''),
    typedOnly,
  )
  const part = { name: graph.name, node: [node], initializer, input, output } as unknown as GraphProto
  return encodeForeign({ ...model, graph: part })
}

/** Opens a model for a look at its inner values. @throws InputError when it is none */
export function dissect(bytes: Uint8Array, file: string): Dissection {
  const model = decodeModel(bytes, file)
  const graph = graphOf(model, file)
  const nodes = inOrder(graph.node)
  return {
    nodes: nodes.map(facts),
    constants: new Map(graph.initializer.map((t) => [t.name, t])),
    outputs: graph.output.map((o) => o.name),
    exposed: (count) => exposed(model, graph, nodes, count),
    alone: (index, values) => alone(model, graph, nodes[index] as NodeProto, values),
  }
}
