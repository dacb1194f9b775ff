import { GraphError } from './errors.js'
import type { Graph } from './graph.js'
import { type Body, type Model, type Node, operation, type ValueInfo } from './model.js'
import type { Value } from './value.js'
import { namesRead, renameNode } from './walk.js'

/** Public names of the outputs, in order. */
export type Outputs = Readonly<Record<string, Value>>

/** What a finished model says of itself. */
export interface Stamp {
  readonly name?: string
  readonly producer?: { readonly name: string; readonly version: string }
  readonly metadata?: Readonly<Record<string, string>>
}

/** Closes a graph: public names, only what the outputs need, types of everything. Called by `Graph.build`. */
export function build(graph: Graph, outputs: Outputs, stamp: Stamp): Model {
  const { renamed, aliases } = publicNames(graph, outputs)
  const nodes = needed([...graph.root.nodes, ...aliases], Object.keys(outputs), renamed)
  const used = new Set(nodes.flatMap(namesRead))
  const made = nodes.flatMap((n) => n.outputs).filter((name) => !Object.hasOwn(outputs, name))
  const body: Body = {
    name: stamp.name ?? 'graph',
    inputs: graph.root.inputs,
    outputs: Object.entries(outputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    initializers: [...graph.constants.tensors]
      .filter(([name]) => used.has(name))
      .map(([name, tensor]) => ({ name, tensor })),
    nodes,
    values: made.map((name) => graph.types.get(name) as ValueInfo),
  }
  const producer = stamp.producer ?? { name: 'onnx-yolo-loss', version: '' }
  return { irVersion: graph.irVersion, opset: graph.opset, producer, metadata: stamp.metadata ?? {}, body }
}

/** A value made by a node takes its public name; an input, a constant or a second name needs an Identity. */
function publicNames(graph: Graph, outputs: Outputs): { renamed: Map<string, string>; aliases: Node[] } {
  const made = new Set(graph.root.nodes.flatMap((n) => n.outputs))
  const renamed = new Map<string, string>()
  const aliases: Node[] = []
  for (const [name, v] of Object.entries(outputs)) {
    if (name === '') throw new GraphError('E_NAME', 'output', 'the name is empty', { output: v })
    if (graph.types.has(name)) throw new GraphError('E_NAME', `output ${name}`, 'the name is taken', { output: v })
    if (made.has(v.name) && !renamed.has(v.name)) renamed.set(v.name, name)
    else aliases.push(operation('Identity', [v.name], name))
  }
  return { renamed, aliases }
}

function needed(nodes: readonly Node[], outputs: readonly string[], renamed: ReadonlyMap<string, string>): Node[] {
  const wanted = new Set(outputs)
  const kept: Node[] = []
  const value = (name: string) => renamed.get(name) ?? name
  for (const node of nodes.map((n) => renameNode(n, { value })).reverse()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue
    kept.unshift(node)
    for (const name of namesRead(node)) wanted.add(name)
  }
  return kept
}
