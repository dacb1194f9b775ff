import { exact, type NodeProto } from '../onnx/index.js'

const attributeOf = (node: NodeProto, name: string) => node.attribute.find((a) => a.name === name)

/** Integers of an attribute; undefined where the node has none of that name. */
export const intsOf = (node: NodeProto, name: string): number[] | undefined => attributeOf(node, name)?.ints.map(exact)

/** The text of an attribute; `''` where the node has none of that name. */
export const textOf = (node: NodeProto, name: string): string =>
  Buffer.from(attributeOf(node, name)?.s ?? []).toString()
