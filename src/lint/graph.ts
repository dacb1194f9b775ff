import type { GraphProto, ModelNode, ModelValue, NodeProto } from '../onnx/index.js'
import { decodeModel, domainKey, graphsIn, modelNode, readModel, subgraphsOf, typesIn } from '../onnx/index.js'

/** A node as far as a target looks at it. */
export interface LintNode extends ModelNode {
  /** Its attributes that are whole numbers. */
  readonly integers: ReadonlyMap<string, number>
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
  /** Of the constants, those of more than one dimension. */
  readonly tables: ReadonlySet<string>
}

const lintNode = (node: NodeProto): LintNode => ({
  ...modelNode(node),
  name: node.name || (node.output[0] ?? ''),
  domain: domainKey(node.domain),
  outputs: node.output.filter((name) => name !== ''),
  integers: new Map(node.attribute.map(({ name, i }) => [name, Number(i ?? 0)])),
  inner: subgraphsOf(node).flatMap((g) => g.node.map(lintNode)),
})

/** Opens a model. @throws InputError when it is none, or of a version out of range */
export function openGraph(bytes: Uint8Array, file: string): LintGraph {
  const info = readModel(bytes, file)
  const graph = decodeModel(bytes, file).graph as GraphProto
  const graphs = graphsIn(graph)
  const constantNodes = graphs.flatMap((g) => g.node.filter((n) => n.opType === 'Constant').flatMap((n) => n.output))
  return {
    opset: info.opsets.get('') ?? 0,
    nodes: graph.node.map(lintNode),
    inputs: info.inputs,
    outputs: info.outputs,
    types: new Map(graphs.flatMap((g) => [...typesIn(g)])),
    tables: new Set(graphs.flatMap((g) => g.initializer.filter((t) => t.dims.length > 1).map((t) => t.name))),
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
