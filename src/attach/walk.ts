import type { GraphProto, ModelProto, NodeProto } from '../proto/messages.js'

/** The subgraphs of a node. */
export const bodiesOf = (node: NodeProto): GraphProto[] =>
  node.attribute.flatMap((a) => (a.g ? [a.g, ...a.graphs] : a.graphs))

/** A graph and all graphs inside it. The decoder has bounded how deep they nest. */
export const graphsIn = (graph: GraphProto): GraphProto[] => [
  graph,
  ...graph.node.flatMap((n) => bodiesOf(n).flatMap(graphsIn)),
]

/** Every node of a model: of its graph, of the graphs inside, of its functions. */
export const allNodes = (model: ModelProto): NodeProto[] => [
  ...(model.graph ? graphsIn(model.graph).flatMap((g) => g.node) : []),
  ...model.functions.flatMap((f) =>
    f.node.flatMap((n) => [
      n,
      ...bodiesOf(n)
        .flatMap(graphsIn)
        .flatMap((g) => g.node),
    ]),
  ),
]
