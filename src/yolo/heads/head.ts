import type { DType, Real } from '../../io/index.js'
import { product, tensorOf, type Value } from '../../onnx/index.js'
import { cast, concat, mul, reshape, reshapeBy, shapeOf, slice, split } from '../../onnx/ops/index.js'
import { type Anchor, boxEntries, type Layout, labelAxes } from '../config/vocabulary.js'
import type { Cells } from '../terms/terms.js'
import { type Extent, reordered, shapeIn, unfused } from './layout.js'
import type { Sizes } from './sizes.js'

/** One scale of the detector: what comes in and what is known of it. */
export interface Head<D extends Real = Real> {
  /** Logits in the layout of the head, perhaps in another element type than is calculated in. */
  readonly logits: Value<Real>
  readonly layout: Layout
  readonly extent: Extent
  readonly sizes: Sizes<D>
  /** Input size (width, height) in pixels, `[2]`. */
  readonly S: Value<D>
  readonly anchors: readonly Anchor[]
}

/** A head with what it ought to say. */
export interface LabelledHead<D extends Real = Real> extends Head<D> {
  /** `[B, h, w, A, 5+C]` */
  readonly labels: Value<D>
  readonly ignoreThreshold: number
}

/** What `read` makes of each head, in a scope of its scale. */
export const ofEach = <H extends Head, T>(heads: readonly H[], read: (head: H, l: number) => T): T[] =>
  heads.map((head, l) => head.S.graph.scope(`layer${l}`, () => read(head, l)))

/** Anchors of several heads, one head after another: `[L·A, 2]`. */
export const anchorTables = <D extends Real>(heads: readonly Head<D>[]): Value<D> => {
  const { S } = heads[0] as Head<D>
  const anchors = heads.flatMap((head) => head.anchors)
  return S.graph.constant(tensorOf(S.dtype, [anchors.length, 2], anchors.flat()), 'anchors')
}

/** Anchors of a head as a constant: `[A, 2]`, width before height. */
export const anchorTable = <D extends Real>(head: Head<D>): Value<D> => anchorTables([head])

/** The numbers 0 to 4+C. */
export const entryNumbers = ({ logits, extent }: Head): Value<'int64'> =>
  logits.graph.constant(tensorOf('int64', [extent.d], [...Array(extent.d).keys()]), 'entries')

/** All logits as `[B, h, w, A, 5+C]`. */
export const inLabelOrder = <D extends Real>({ logits, layout, extent, S }: Head<D>): Value<D> =>
  cast(reordered(unfused(logits, layout, extent), layout.axes, labelAxes), S.dtype)

/** Whether the entries of a cell lie side by side. */
export const hasRows = ({ layout }: Head): boolean => layout.axes.at(-1) === 'd'

/** A row for each cell, in memory order: `[…] → [B·h·w·A, 5+C]` */
export const rowsOf = <D extends DType>(x: Value<D>, { b, h, w, a, d }: Extent): Value<D> =>
  reshape(x, [product([b, h, w, a]), d])

/** Values of the cells `[B·h·w·A]`, in memory order, along the axes of the head: `[B, h, w, A, 1]` for nhwc. */
export function alongAxes<D extends Real>(cells: Value<D>, { logits, layout, extent }: Head): Value<D> {
  const shape = shapeIn(layout.axes, { ...extent, d: 1 })
  if (shape.every((d) => typeof d === 'number')) return reshape(cells, shape)
  const at = layout.axes.indexOf('d')
  const sizes = shapeOf(unfused(logits, layout, extent))
  const inner = at + 1 < shape.length ? [slice(sizes, `${at + 1}:`)] : []
  return reshapeBy(cells, concat([slice(sizes, `:${at}`), cells.graph.ints([1]), ...inner], 0), shape)
}

/** 1 for the objectness and 0 for every other entry: `[5+C]` */
export function objectnessUnit<D extends Real>({ S, extent }: Head<D>): Value<D> {
  const entries = Array.from({ length: extent.d }, (_, e) => (e === boxEntries - 1 ? 1 : 0))
  return S.graph.constant(tensorOf(S.dtype, [extent.d], entries), 'objectness')
}

/**
 * Slopes of the objectness as those of all entries, 0 elsewhere: `[…, 1, …] → […, 5+C, …]` with `after` axes behind the
 * entries. A product with (0, 0, 0, 0, 1, 0 …), because the CPU provider pads with one thread and selects in three
 * passes; hence a slope that is NaN spreads to all entries.
 */
export const objectnessAlone = <D extends Real>(slopes: Value<D>, head: Head<D>, after = 0): Value<D> =>
  mul(slopes, reshape(objectnessUnit(head), [head.extent.d, ...Array(after).fill(1)]))

/** `[…, 5+C]` by entries. */
export function cellsOf<D extends Real>(x: Value<D>): Cells<D> {
  const d = x.shape.at(-1) as number
  const [xy, wh, obj, cls] = split(x, [2, 2, 1, d - boxEntries], -1)
  return { xy, wh, obj, cls }
}
