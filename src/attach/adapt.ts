import { type ChannelSizes, type DetectorHead, isFlat, toNhwc } from '../detector/index.js'
import type { Real } from '../io/index.js'
import { type Dim, Graph, type Model, type Shape, type Value } from '../onnx/index.js'
import { slice } from '../onnx/parts.js'
import { cast } from '../onnx/shape.js'
import { type LossConfig, ofScale } from '../yolo/index.js'

/** Name under which the adapter reads a head. */
export const headName = (scale: number): string => `head_${scale}`

/**
 * The way from the heads of a detector to the logits of the loss: a model whose inputs are the heads, `head_0…`, and
 * whose outputs are `y_pred_0…`, in the layout and element type of the configuration. Heads that are so already are left
 * out.
 */
export function adapter(heads: readonly DetectorHead[], sizes: ChannelSizes, config: LossConfig): Model {
  const graph = new Graph({ opset: config.opset })
  const inputs = new Map<string, Value<Real>>()
  const outputs: Record<string, Value> = {}
  heads.forEach((head, l) => {
    const shape = namedShape(head, l)
    const x = inputs.get(head.name) ?? graph.input(headName(l), head.dtype, shape)
    inputs.set(head.name, x)
    const logits = graph.scope(`heads/${l}`, () => logitsOf(x, head, l, sizes, config))
    if (logits !== x) outputs[ofScale('y_pred', l)] = logits
  })
  return graph.build(outputs)
}

function logitsOf(x: Value<Real>, head: DetectorHead, l: number, sizes: ChannelSizes, config: LossConfig): Value<Real> {
  const part = head.part ? slice(x, `:, ${head.part[0]}:${head.part[1]}`) : x
  const logits = cast(part, config.dtype)
  if (head.layout === config.layout) return logits
  const grid = isFlat(head.layout) ? head.grid : { h: named(head.grid.h, `h${l}`), w: named(head.grid.w, `w${l}`) }
  return toNhwc(logits, head.layout, grid, sizes)
}

const named = (dim: Dim, symbol: string): Dim => (dim === '' ? symbol : dim)

/** The shape with a symbol of its own for every size that is not known, the batch the same in all heads. */
function namedShape({ shape, grid }: DetectorHead, l: number): Shape {
  const known = shape.map((dim, axis) => (axis === 0 ? named(dim, 'B') : typeof dim === 'number' ? dim : ''))
  const hidden = [grid.h, grid.w].map((dim, i) => named(dim, `${'hw'[i]}${l}`))
  return known.map((dim) => (dim === '' ? (hidden.shift() as Dim) : dim))
}
