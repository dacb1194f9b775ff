import {
  dataTypeName,
  declared,
  decodeModel,
  type GraphProto,
  type ModelNode,
  type ModelValue,
  type NodeProto,
  readModel,
  valuesRead,
} from '../onnx/index.js'

/** A node as far as a target looks at it. */
export interface LintNode extends ModelNode {
  /** Nodes of its subgraphs. */
  readonly inner: readonly LintNode[]
}

/** A model as far as a target looks at it. */
export interface LintGraph {
  readonly opset: number
  readonly nodes: readonly LintNode[]
  readonly inputs: readonly ModelValue[]
  readonly outputs: readonly ModelValue[]
  /** Types of values, as far as the file gives them. */
  readonly types: ReadonlyMap<string, ModelValue>
  readonly constants: ReadonlySet<string>
}

const nodeOf = (node: NodeProto): LintNode => ({
  name: node.name || (node.output[0] ?? ''),
  op: node.opType,
  domain: node.domain === 'ai.onnx' ? '' : node.domain,
  inputs: node.input,
  outputs: node.output.filter((name) => name !== ''),
  reads: valuesRead(node),
  inner: node.attribute.flatMap((a) => [...(a.g ? [a.g] : []), ...a.graphs]).flatMap((g) => g.node.map(nodeOf)),
})

const graphsIn = (graph: GraphProto): GraphProto[] => [
  graph,
  ...graph.node.flatMap((n) => n.attribute.flatMap((a) => [...(a.g ? [a.g] : []), ...a.graphs]).flatMap(graphsIn)),
]

function typesIn(graphs: readonly GraphProto[]): Map<string, ModelValue> {
  const values = graphs.flatMap((g) => [...g.valueInfo, ...g.input, ...g.output]).map(declared)
  const tensors = graphs.flatMap((g) =>
    g.initializer.map(
      (t): ModelValue => ({ name: t.name, dtype: dataTypeName(t.dataType), shape: t.dims.map(Number) }),
    ),
  )
  return new Map([...tensors, ...values].map((v) => [v.name, v]))
}

/** Opens a model. @throws InputError when it is none, or of a version out of range */
export function openGraph(bytes: Uint8Array, file: string): LintGraph {
  const info = readModel(bytes, file)
  const graph = decodeModel(bytes, file).graph as GraphProto
  const graphs = graphsIn(graph)
  const constantNodes = graphs.flatMap((g) => g.node.filter((n) => n.opType === 'Constant').flatMap((n) => n.output))
  return {
    opset: info.opsets.get('') ?? 0,
    nodes: graph.node.map(nodeOf),
    inputs: info.inputs,
    outputs: info.outputs,
    types: typesIn(graphs),
    constants: new Set([...graphs.flatMap((g) => g.initializer.map((t) => t.name)), ...constantNodes]),
  }
}

/** The nodes that a value depends on. */
export function behind({ nodes }: LintGraph, wanted: readonly string[]): LintNode[] {
  const names = new Set(wanted)
  const found = new Set<LintNode>()
  const maker = new Map(nodes.flatMap((n) => n.outputs.map((name) => [name, n] as const)))
  for (const name of names) {
    const node = maker.get(name)
    if (!node || found.has(node)) continue
    found.add(node)
    for (const read of node.reads) names.add(read)
  }
  return nodes.filter((n) => found.has(n))
}
