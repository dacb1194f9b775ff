import type { Real } from '../../io/index.js'
import { product, type Value } from '../../onnx/index.js'
import { min, mul } from '../../onnx/math.js'
import { concat, slice, strided } from '../../onnx/parts.js'
import { pick, range } from '../../onnx/select.js'
import { cast, expand, flatten, reshapeBy, shapeOf, sizeOfDim, unsqueeze } from '../../onnx/shape.js'
import { type Axis, boxEntries, labelAxes } from '../config/vocabulary.js'
import type { Head, LabelledHead } from './head.js'
import { unfused } from './layout.js'
import { asLabels, hasRows } from './rows.js'

/** Objectness of every cell `[B·h·w·A]`, in the memory order of the tensor that it is read from. */
export interface Objectness<D extends Real = Real> {
  readonly labels: Value<D>
  readonly logits: Value<D>
}

/** Reads the objectness of labels and logits: most of the work where most cells are background. */
export function objectnessOf<D extends Real>(head: LabelledHead<D>): Objectness<D> {
  const { labels, logits, layout, S } = head
  const alike = asLabels(head) && hasRows(head)
  return labels.graph.scope('objectness', () => {
    const [o, t] = column(alike ? [labels, logits] : [labels], labelAxes, head) as [Value<D>, Value<Real>?]
    const others = () => (hasRows(head) ? column([logits], layout.axes, head)[0] : plane(head)) as Value<Real>
    return { labels: o, logits: cast(t ?? others(), S.dtype) }
  })
}

/** Objectness logits of every cell `[B·h·w·A]`, in memory order. */
export const logitObjectness = <D extends Real>(head: Head<D>): Value<D> =>
  head.logits.graph.scope('objectness', () => {
    const found = hasRows(head) ? column([head.logits], head.layout.axes, head)[0] : plane(head)
    return cast(found as Value<Real>, head.S.dtype)
  })

// From here on a 64-byte cache line holds the objectness of a single cell, in float32.
const alone = 16

/** The objectness `[B·h·w·A]` of tensors that hold a row of 5+C entries for each cell, the cells in this order. */
function column(tensors: readonly Value[], axes: readonly Axis[], head: Head): Value[] {
  const { b, h, w, a, d } = head.extent
  if (typeof d !== 'number' || d >= alone) return picked(tensors, axes, head)
  // Flat, because the CPU provider slices rows one by one, at two to four times the price.
  return tensors.map((x) => strided(flatten(x), boxEntries - 1, d, product([b, h, w, a])))
}

// The largest size that every runtime counts to.
const most = 2 ** 31 - 1

/**
 * The same by an index that serves all rows of the grid: the CPU provider slices with one thread, and picks from rows
 * with all of them, which is faster where it waits for memory.
 */
function picked(tensors: readonly Value[], axes: readonly Axis[], { sizes, extent }: Head): Value[] {
  const { graph } = sizes.w
  const inner = axes.slice(axes.indexOf('w')).map((axis) => extent[axis])
  const outer = product(axes.slice(0, axes.indexOf('w')).map((axis) => extent[axis]))
  const cells = product(inner.slice(0, -1))
  const length = mul(sizes.w, sizeOfDim(graph, product(inner.slice(1))) as number) // of a row of the grid: w·A·(5+C), or w·(5+C)
  const shape = concat([graph.ints([-1]), unsqueeze(length, [0])], 0)
  const rows = tensors.map((x) => reshapeBy(x, shape, [outer, product(inner)]))
  const places = range(length, cells, { start: boxEntries - 1, step: sizeOfDim(graph, extent.d) as number })
  const each = min(shapeOf(rows[0] as Value), graph.ints([most, 1])) // (rows, length) → (rows, 1)
  const index = expand(places, each, [outer, cells])
  return rows.map((x) => flatten(pick(x, index)))
}

/** Objectness logits `[B·h·w·A]` where the cells of each entry lie side by side. */
function plane({ logits, layout, extent }: Head): Value<Real> {
  const index = layout.axes.map((axis) => (axis === 'd' ? `${boxEntries - 1}` : ':')).join(', ')
  return flatten(slice(unfused(logits, layout, extent), index))
}
