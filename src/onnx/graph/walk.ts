import type { Attribute, Body, Node, ValueInfo } from './model.js'

/** The subgraphs of a node. */
export const bodiesOf = (node: Node): Body[] =>
  Object.values(node.attributes).flatMap((a) => ('graph' in a ? [a.graph] : []))

/** Nodes, each followed by those of its subgraphs. */
export const withInner = (nodes: readonly Node[]): Node[] =>
  nodes.flatMap((n) => [n, ...bodiesOf(n).flatMap((body) => withInner(body.nodes))])

/** Everything a node reads, the names its subgraphs capture included. */
export const namesRead = (node: Node): string[] => [
  ...node.inputs,
  ...bodiesOf(node).flatMap((b) => [...b.nodes.flatMap(namesRead), ...b.outputs.map((o) => o.name)]),
]

/** What becomes of the names of values and nodes, and of the types in subgraphs; what is not given stays. */
export interface Renaming {
  readonly value: (name: string) => string
  readonly node?: (name: string) => string
  readonly info?: (info: ValueInfo) => ValueInfo
}

/** A node under other names, its subgraphs as well. */
export function renameNode(node: Node, to: Renaming): Node {
  const { value, node: nodeName = (name) => name, info = (v) => v } = to
  const body = (b: Body): Body => ({
    ...b,
    nodes: b.nodes.map((n) => renameNode(n, to)),
    inputs: b.inputs.map(info),
    outputs: b.outputs.map(info),
    values: b.values.map(info),
  })
  const attributes = Object.entries(node.attributes).map(([key, a]): [string, Attribute] => [
    key,
    'graph' in a ? { graph: body(a.graph) } : a,
  ])
  return {
    ...node,
    name: nodeName(node.name),
    inputs: node.inputs.map(value),
    outputs: node.outputs.map(value),
    attributes: Object.fromEntries(attributes),
  }
}
