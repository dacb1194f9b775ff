import type { Real } from '../../io/index.js'
import { product, type Value } from '../../onnx/index.js'
import { slice, strided } from '../../onnx/parts.js'
import { cast, flatten, sizeOfDim } from '../../onnx/shape.js'
import { boxEntries } from '../config/vocabulary.js'
import type { Head, LabelledHead } from './head.js'
import { unfused } from './layout.js'
import { hasRows } from './rows.js'

/** Objectness of every cell `[B·h·w·A]`, in the memory order of the tensor that it is read from. */
export interface Objectness<D extends Real = Real> {
  readonly labels: Value<D>
  readonly logits: Value<D>
}

/** Reads the objectness of labels and logits: most of the work where most cells are background. */
export const objectnessOf = <D extends Real>(head: LabelledHead<D>): Objectness<D> =>
  head.labels.graph.scope('objectness', () => ({ labels: column(head.labels, head), logits: ofLogits(head) }))

/** Objectness logits of every cell `[B·h·w·A]`, in memory order. */
export const logitObjectness = <D extends Real>(head: Head<D>): Value<D> =>
  head.logits.graph.scope('objectness', () => ofLogits(head))

const ofLogits = <D extends Real>(head: Head<D>): Value<D> =>
  cast(hasRows(head) ? column(head.logits, head) : plane(head), head.S.dtype)

/**
 * The objectness `[B·h·w·A]` of a tensor that holds a row of 5+C entries for each cell. Flat, because the CPU provider
 * slices rows one by one, at two to four times the price; and by a step, because ONNX's reference evaluator picks wrong
 * entries of many rows by their places.
 */
function column<D extends Real>(x: Value<D>, { S: { graph }, extent: { b, h, w, a, d } }: Head): Value<D> {
  const step = sizeOfDim(graph, d) as Value<'int64'> | number
  return strided(flatten(x), boxEntries - 1, step, product([b, h, w, a]))
}

/** Objectness logits `[B·h·w·A]` where the cells of each entry lie side by side. */
function plane({ logits, layout, extent }: Head): Value<Real> {
  const index = layout.axes.map((axis) => (axis === 'd' ? `${boxEntries - 1}` : ':')).join(', ')
  return flatten(slice(unfused(logits, layout, extent), index))
}
