import { decodeModel, encodeForeign } from '../../src/onnx/proto/codec.js'
import { tensorFrom } from '../../src/onnx/proto/decode.js'
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from '../../src/onnx/proto/messages.js'

/** Kinds of fault, and what each does to a node; it gives false where it does not apply. */
export const kinds = {
  'a changed constant': changeConstant,
  'swapped operands': swapOperands,
  'a wrong axis': changeAxis,
} as const satisfies Record<string, (node: NodeProto, graph: GraphProto) => boolean>

/** Parts of the loss, by the names of their nodes. */
export const parts: Readonly<Record<string, (node: NodeProto) => boolean>> = {
  decode: ({ name }) => name.startsWith('ignore/decode/'),
  IoU: ({ name }) => name.startsWith('ignore/iou/'),
  mask: ({ name }) => /^ignore\/(candidates\/)?[A-Z]/.test(name),
  'xy and class': ({ name }) => /^objects\/(entropies|xy|class)\//.test(name),
  wh: ({ name }) => name.startsWith('objects/wh/'),
  confidence: ({ name }) => /^(objects\/conf|background)\//.test(name),
  reductions: ({ name, opType }) => opType === 'ReduceSum' && /^(xy|wh|class|conf)\//.test(name),
}

type Loose = { ints: number[]; i: number; floatData: number[] }

const constantOf = (graph: GraphProto, name: string): TensorProto | undefined =>
  graph.initializer.find((t) => t.name === name)

/** A copy of a float constant under another name, half as large again and half a unit more. */
function changed(constant: TensorProto, name: string): TensorProto | undefined {
  const { tensor } = tensorFrom(constant, name)
  if (tensor.dtype !== 'float32') return undefined
  const data = (tensor.data as Float32Array).map((x) => x * 1.5 + 0.5)
  return { ...constant, name, rawData: new Uint8Array(data.buffer) }
}

function changeConstant(node: NodeProto, graph: GraphProto): boolean {
  for (const [i, name] of node.input.entries()) {
    const constant = constantOf(graph, name)
    const other = constant && changed(constant, `planted/${name}`)
    if (!other) continue
    graph.initializer.push(other)
    node.input[i] = other.name
    return true
  }
  return false
}

function swapOperands(node: NodeProto): boolean {
  const [a, b, c] = node.input
  if (node.opType === 'Where') node.input = [a, c, b] as string[]
  else if (['Sub', 'Div', 'Less', 'Greater', 'Pow'].includes(node.opType)) node.input = [b, a] as string[]
  else return false
  return true
}

function changeAxis(node: NodeProto, graph: GraphProto): boolean {
  const attribute = node.attribute.find(({ name }) => name === 'axis') as (AttributeProto & Loose) | undefined
  if (attribute) {
    attribute.i = Number(attribute.i) === 0 ? 1 : 0
    return true
  }
  if (!['ReduceSum', 'Unsqueeze'].includes(node.opType)) return false
  const axes = constantOf(graph, node.input[1] ?? '')
  const rank = BigInt64Array.of(axes ? (tensorFrom(axes, 'axes').tensor.data[0] === 0n ? 1n : 0n) : 0n)
  const planted = { name: `planted/${node.name}`, dims: [1], dataType: 7, rawData: new Uint8Array(rank.buffer) }
  graph.initializer.push(planted as unknown as TensorProto)
  node.input[1] = planted.name
  return true
}

/** A model with one fault, at the named node; undefined where the kind does not apply to it. */
export function plant(bytes: Uint8Array, name: string, kind: keyof typeof kinds): Uint8Array | undefined {
  const model = decodeModel(bytes, 'model')
  const graph = model.graph as GraphProto
  const node = graph.node.find((n) => n.name === name) as NodeProto
  return kinds[kind](node, graph) ? encodeForeign(model) : undefined
}

/** A model in which a constant that several nodes read is another. */
export function plantShared(bytes: Uint8Array, name: string): Uint8Array {
  const model = decodeModel(bytes, 'model')
  const graph = model.graph as GraphProto
  graph.initializer = graph.initializer.map((t) => (t.name === name ? (changed(t, name) as TensorProto) : t))
  return encodeForeign(model)
}

/** A model with a fault inside the first Loop whose name starts so: the operands of its first Sub are swapped. */
export function plantInLoop(bytes: Uint8Array, prefix: string): Uint8Array {
  const model = decodeModel(bytes, 'model')
  const loop = model.graph?.node.find((n) => n.opType === 'Loop' && n.name.startsWith(prefix))
  const body = loop?.attribute.find((a) => a.name === 'body')?.g as GraphProto
  const sub = body.node.find((n) => n.opType === 'Sub') as NodeProto
  sub.input = [...sub.input].reverse()
  return encodeForeign(model)
}

/**
 * A model whose inner values have other names, as another tool gives them.
 * @param all inputs and outputs too
 */
export function renameInner(bytes: Uint8Array, renamed: (name: string) => string, { all = false } = {}): Uint8Array {
  const model = decodeModel(bytes, 'model')
  const graph = model.graph as GraphProto
  const ends = [...graph.input, ...graph.output]
  const kept = new Set([...(all ? [] : ends), ...graph.initializer].map(({ name }) => name))
  const to = (name: string) => (name === '' || kept.has(name) ? name : renamed(name))
  for (const node of graph.node) {
    node.input = node.input.map(to)
    node.output = node.output.map(to)
    if (!all) node.name = renamed(node.name)
  }
  for (const end of ends) end.name = to(end.name)
  graph.valueInfo = []
  return encodeForeign(model)
}

/** A model that does not say what it computes. */
export function unstamped(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes, 'model')
  return encodeForeign({ ...model, metadataProps: [] })
}

/** Nodes of a part, in graph order. */
export const nodesOf = (bytes: Uint8Array, part: string): string[] =>
  (decodeModel(bytes, 'model').graph?.node ?? []).filter((n) => parts[part]?.(n)).map((n) => n.name)
