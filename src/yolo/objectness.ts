import { product } from '../graph/shape.js'
import type { DType, Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { min, mul } from '../ops/elementwise.js'
import { cast, concat, expand, flatten, reshapeBy, shapeOf, unsqueeze } from '../ops/movement.js'
import { pick, range } from '../ops/select.js'
import { slice } from '../ops/slice.js'
import { boxEntries, hasRows, type LabelledHead } from './head.js'
import { type Axis, labelAxes, unfused } from './layout.js'

/** Objectness of every cell `[B·h·w·A]`, in the memory order of the tensor that it is read from. */
export interface Objectness<D extends Real = Real> {
  readonly labels: Value<D>
  readonly logits: Value<D>
}

type Read = <T extends DType>(x: Value<T>) => Value<T>

/**
 * Reads the objectness of labels and logits. It lies in cache lines of its own, one for each cell, so that this is the
 * largest part of the work where most cells are background.
 */
export function objectnessOf<D extends Real>(head: LabelledHead<D>): Objectness<D> {
  const { labels, logits, layout, S } = head
  return labels.graph.scope('objectness', () => {
    const read = reader(labels, labelAxes, head)
    const alike = layout.axes.every((axis, i) => axis === labelAxes[i])
    const o = read(labels)
    if (!hasRows(head)) return { labels: o, logits: cast(plane(head), S.dtype) }
    return { labels: o, logits: cast((alike ? read : reader(logits, layout.axes, head))(logits), S.dtype) }
  })
}

/**
 * A reader of tensors like `x`, with a row of 5+C entries for each cell. One index serves the cells of every row of the
 * grid: the CPU provider slices with one thread, and picks from rows with all of them.
 */
function reader(x: Value, axes: readonly Axis[], { sizes, extent }: LabelledHead): Read {
  const { graph } = x
  const inner = axes.slice(axes.indexOf('w')).map((axis) => extent[axis])
  const outer = product(axes.slice(0, axes.indexOf('w')).map((axis) => extent[axis]))
  const cells = product(inner.slice(0, -1))
  const length = mul(sizes.w, product(inner.slice(1)) as number) // of a row of the grid: w·A·(5+C)
  const shape = concat([graph.ints([-1]), unsqueeze(length, [0])], 0)
  const inRows: Read = (v) => reshapeBy(v, shape, [outer, product(inner)])
  const places = range(length, cells, { start: boxEntries - 1, step: extent.d })
  const rows = min(shapeOf(inRows(x)), graph.ints([Number.MAX_SAFE_INTEGER, 1])) // (B·h, 1)
  const index = expand(places, rows, [outer, cells])
  return (v) => flatten(pick(inRows(v), index))
}

/** Objectness logits where the cells of each entry lie side by side. */
function plane({ logits, layout, extent }: LabelledHead): Value<Real> {
  const index = layout.axes.map((axis) => (axis === 'd' ? `${boxEntries - 1}` : ':')).join(', ')
  return flatten(slice(unfused(logits, layout, extent), index))
}
