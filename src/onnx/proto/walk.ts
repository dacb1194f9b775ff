import type { GraphProto, ModelProto, NodeProto } from './messages.js'

/** The subgraphs of a node. */
export const subgraphsOf = (node: NodeProto): GraphProto[] =>
  node.attribute.flatMap((a) => (a.g ? [a.g, ...a.graphs] : a.graphs))

/** What a subgraph takes from the graphs around it. */
function captured(graph: GraphProto): string[] {
  const own = new Set([
    ...graph.input.map((v) => v.name),
    ...graph.initializer.map((t) => t.name),
    ...graph.node.flatMap((n) => n.output),
  ])
  const read = [...graph.node.flatMap(valuesRead), ...graph.output.map((v) => v.name)]
  return read.filter((name) => !own.has(name))
}

/** Every value a node depends on, once: its inputs, and what its subgraphs take from outside. */
export const valuesRead = (node: NodeProto): string[] => [
  ...new Set([...node.input, ...subgraphsOf(node).flatMap(captured)].filter((name) => name !== '')),
]

/** A graph and all graphs inside it. The decoder has bounded how deep they nest. */
export const graphsIn = (graph: GraphProto): GraphProto[] => [
  graph,
  ...graph.node.flatMap(subgraphsOf).flatMap(graphsIn),
]

/** Every graph of a model: its own, those inside it, and those inside its functions. */
export const allGraphs = ({ graph, functions }: ModelProto): GraphProto[] => [
  ...(graph ? graphsIn(graph) : []),
  ...functions.flatMap((f) => f.node.flatMap(subgraphsOf).flatMap(graphsIn)),
]

/** Every node of a model: of its graphs, and of its functions. */
export const allNodes = (model: ModelProto): NodeProto[] =>
  [...allGraphs(model), ...model.functions].flatMap(({ node }) => node)
