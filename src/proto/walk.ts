import type { GraphProto, NodeProto } from './messages.js'

const subgraphs = (node: NodeProto): GraphProto[] => node.attribute.flatMap((a) => [...(a.g ? [a.g] : []), ...a.graphs])

/** What a subgraph takes from the graphs around it. */
function captured(graph: GraphProto): string[] {
  const own = new Set([
    ...graph.input.map((v) => v.name),
    ...graph.initializer.map((t) => t.name),
    ...graph.node.flatMap((n) => n.output),
  ])
  const read = [...graph.node.flatMap(namesRead), ...graph.output.map((v) => v.name)]
  return read.filter((name) => !own.has(name))
}

/** Every value a node depends on, once: its inputs, and what its subgraphs take from outside. */
export const namesRead = (node: NodeProto): string[] => [
  ...new Set([...node.input, ...subgraphs(node).flatMap(captured)].filter((name) => name !== '')),
]
