import { sizeOf } from '../../io/index.js'
import type { Model, Node, Shape } from '../../onnx/index.js'

/** Operators whose result is what they read under another shape. */
const views = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'])

/** Operators that may write over what they read, where nobody reads it after them. */
const inPlace = new Set(
  'Abs Add Clip Div Elu Exp HardSigmoid HardSwish LeakyRelu Log Mul Neg PRelu Pow Reciprocal Relu Sigmoid Softplus Sqrt Sub Tanh Where'.split(
    ' ',
  ),
)

const bytesPerNumber: Readonly<Record<string, number>> = { float64: 8, int64: 8, float16: 2, bool: 1 }

/** Bytes of a value; none where its sizes are open. */
export const bytesOf = ({ dtype, shape }: { readonly dtype: string; readonly shape: Shape }): number =>
  shape.every((d) => typeof d === 'number') ? sizeOf(shape as number[]) * (bytesPerNumber[dtype] ?? 4) : 0

/** The buffers of a model: how large they are, and after which node nobody reads them. */
interface Buffers {
  /** The value that a value lies in the buffer of. */
  readonly owner: ReadonlyMap<string, string>
  readonly bytes: ReadonlyMap<string, number>
  readonly last: ReadonlyMap<string, number>
}

function buffersOf({ nodes, outputs, values, inputs }: Model['body']): Buffers {
  const known = [...values.filter((v) => v !== undefined), ...outputs, ...inputs]
  const bytes = new Map(known.map((v) => [v.name, bytesOf(v)]))
  const owner = new Map<string, string>()
  const ownerOf = (name: string) => owner.get(name) ?? name
  const last = new Map<string, number>()
  for (const [i, node] of nodes.entries()) {
    for (const name of node.inputs) last.set(ownerOf(name), i)
    for (const name of node.outputs) owner.set(name, views.has(node.op) ? ownerOf(node.inputs[0] ?? '') : name)
  }
  for (const { name } of outputs) last.set(ownerOf(name), nodes.length)
  return { owner, bytes, last }
}

/** Bytes of the results of nodes that lie in memory at once, at most, when nodes run in their order. */
export function peakOf(body: Model['body']): number {
  const { owner, bytes, last } = buffersOf(body)
  const alive = new Set<string>()
  const sizeOfAll = (names: Iterable<string>) => [...names].reduce((sum, name) => sum + (bytes.get(name) ?? 0), 0)
  let now = 0
  let peak = 0
  for (const [i, node] of body.nodes.entries()) {
    const made = new Set(
      node.outputs.map((name) => owner.get(name) ?? name).filter((name) => name !== '' && !alive.has(name)),
    )
    const dying = new Set(
      node.inputs.map((name) => owner.get(name) ?? name).filter((name) => alive.has(name) && last.get(name) === i),
    )
    const [more, less] = [sizeOfAll(made), sizeOfAll(dying)]
    peak = Math.max(peak, now + more - (inPlace.has(node.op) ? Math.min(more, less) : 0))
    const unread = [...made].filter((name) => (last.get(name) ?? -1) < i)
    now += more - less - sizeOfAll(unread)
    for (const name of made) if (!unread.includes(name)) alive.add(name)
    for (const name of dying) alive.delete(name)
  }
  return peak
}

/** Bytes of what nodes of the forward pass make and those of the backward pass read. */
export function heldOf(body: Model['body'], isForward: (node: Node) => boolean): number {
  const { owner, bytes } = buffersOf(body)
  const made = new Set(body.nodes.filter(isForward).flatMap((n) => n.outputs))
  const read = body.nodes.filter((n) => !isForward(n)).flatMap((n) => n.inputs.filter((name) => made.has(name)))
  const buffers = new Set(read.map((name) => owner.get(name) ?? name))
  return [...buffers].reduce((sum, name) => sum + (bytes.get(name) ?? 0), 0)
}
