import type { Real } from '../../io/index.js'
import { type Dim, type Graph, product, tensorOf, type Value } from '../../onnx/index.js'
import { equal } from '../../onnx/logic.js'
import { mul, type Operand } from '../../onnx/math.js'
import { concat, concatAll, slice } from '../../onnx/parts.js'
import { gather, range } from '../../onnx/select.js'
import { cast, reshape, reshapeBy, shapeOf, sizeOfDim, unsqueeze } from '../../onnx/shape.js'
import { type Anchor, boxEntries, type Layout, labelAxes } from '../config/vocabulary.js'
import { type Extent, reordered, shapeIn, unfused } from './layout.js'
import type { Sizes } from './sizes.js'

/** What is known of one scale before anything comes in. */
export interface Grid<D extends Real = Real> {
  readonly extent: Extent
  readonly sizes: Sizes<D>
  /** Input size (width, height) in pixels, `[2]`. */
  readonly S: Value<D>
  readonly anchors: readonly Anchor[]
  /** Where an open graph has its anchors: all of them, and which are those of this head. */
  readonly open?: { readonly allAnchors: Value<Real>; readonly mask: readonly number[] }
}

/** One scale of the detector: what comes in and what is known of it. */
export interface Head<D extends Real = Real> extends Grid<D> {
  /** Logits in the layout of the head, perhaps in another element type than is calculated in. */
  readonly logits: Value<Real>
  readonly layout: Layout
}

/** A head with what it ought to say. */
export interface LabelledHead<D extends Real = Real> extends Head<D> {
  /** `[B, h, w, A, 5+C]` */
  readonly labels: Value<D>
}

/** All scales, coarsest first, and what they share. */
export interface Heads<D extends Real = Real> {
  readonly scales: readonly LabelledHead<D>[]
  readonly graph: Graph
  readonly dtype: D
  readonly layout: Layout
  /** Number of images, as dimension and as a value. */
  readonly batch: Dim
  readonly B: Value<'int64'>
  /** Anchors of each scale, and entries of each anchor. */
  readonly a: number
  readonly d: Dim
  readonly classes: Dim
  /** Input size (width, height) in pixels, `[2]`. */
  readonly S: Value<D>
  /** θ; a value where an open graph has it as one. */
  readonly ignoreThreshold: Operand<D>
}

export function headsOf<D extends Real>(scales: readonly LabelledHead<D>[], ignoreThreshold: Operand<D>): Heads<D> {
  const [{ layout, extent, sizes, S }] = scales as readonly [LabelledHead<D>]
  const { a, d, classes, b: batch } = extent
  return { scales, graph: S.graph, dtype: S.dtype, layout, batch, B: sizes.b, a, d, classes, S, ignoreThreshold }
}

/** What `read` makes of each head, in a scope of its scale. */
export const ofEach = <H extends Grid, T>(heads: readonly H[], read: (head: H, l: number) => T): T[] =>
  heads.map((head, l) => head.S.graph.scope(`layer${l}`, () => read(head, l)))

/** Anchors of heads, width before height, one head after another: `[L·A, 2]`. */
export function anchorTable<D extends Real>(...heads: readonly Head<D>[]): Value<D> {
  const { S, open } = heads[0] as Head<D>
  if (open) return gather(open.allAnchors as Value<D>, S.graph.ints(heads.flatMap((head) => head.open?.mask ?? [])))
  const anchors = heads.flatMap((head) => head.anchors)
  return S.graph.constant(tensorOf(S.dtype, [anchors.length, 2], anchors.flat()), 'anchors')
}

/** Cells of an image at one scale: as dimension and as `[1]`. */
export type CellCount = readonly [Dim, Value<'int64'>]

/** How many cells an image has at the scale of a head. */
export const cellsPerImage = ({ extent: { h, w, a }, sizes }: Grid): CellCount => [
  product([h, w, a]),
  unsqueeze(mul(mul(sizes.h, sizes.w), a), [0]),
]

/**
 * Values of the cells of each image in a row `[…, B, h·w·A, …]`, with axes of these sizes before and behind. −1 stands for
 * the batch: of no images it would not tell another size.
 */
export function ofImages<D extends Real>(
  v: Value<D>,
  [cells, size]: CellCount,
  before: number[] = [],
  behind: number[] = [],
) {
  const shape = [...before, v.shape[before.length] as Dim, cells, ...behind]
  if (typeof cells === 'number') return reshape(v, shape)
  const { graph } = v
  const sizes = [graph.ints([...before, -1]), size, ...(behind.length > 0 ? [graph.ints(behind)] : [])]
  return reshapeBy(v, concatAll(sizes, 0), shape)
}

/** All logits as `[B, h, w, A, 5+C]`. */
export const inLabelOrder = <D extends Real>({ logits, layout, extent, S }: Head<D>): Value<D> =>
  cast(reordered(unfused(logits, layout, extent), layout.axes, labelAxes), S.dtype)

/** Values of the cells `[B·h·w·A]`, in memory order, along the axes of the head: `[B, h, w, A, 1]` for nhwc. */
export function alongAxes<D extends Real>(cells: Value<D>, { logits, layout, extent }: Head): Value<D> {
  const shape = shapeIn(layout.axes, { ...extent, d: 1 })
  if (shape.every((d) => typeof d === 'number')) return reshape(cells, shape)
  const at = layout.axes.indexOf('d')
  const sizes = shapeOf(unfused(logits, layout, extent))
  const inner = at + 1 < shape.length ? [slice(sizes, `${at + 1}:`)] : []
  return reshapeBy(cells, concat([slice(sizes, `:${at}`), cells.graph.ints([1]), ...inner], 0), shape)
}

/** The numbers 0 to 4+C. */
export function entryNumbers(graph: Graph, d: Dim): Value<'int64'> {
  if (typeof d !== 'number') return range(sizeOfDim(graph, d) as Value<'int64'>, d)
  return graph.constant(tensorOf('int64', [d], [...Array(d).keys()]), 'entries')
}

/** 1 for the objectness and 0 for every other entry: `[5+C]` */
export function objectnessUnit<D extends Real>({ S, extent: { d } }: Head<D>): Value<D> {
  const place = boxEntries - 1
  if (typeof d !== 'number') return cast(equal(entryNumbers(S.graph, d), place), S.dtype)
  const entries = Array.from({ length: d }, (_, e) => (e === place ? 1 : 0))
  return S.graph.constant(tensorOf(S.dtype, [d], entries), 'objectness')
}

/**
 * Slopes of the objectness as those of all entries, 0 elsewhere: `[…, 1, …] → […, 5+C, …]` with `after` axes behind the
 * entries. A product with (0, 0, 0, 0, 1, 0 …), because the CPU provider pads with one thread and selects in three
 * passes; hence a slope that is NaN spreads to all entries.
 */
export function objectnessAlone<D extends Real>(slopes: Value<D>, head: Head<D>, after = 0): Value<D> {
  const unit = objectnessUnit(head)
  return mul(slopes, after === 0 ? unit : reshape(unit, [head.extent.d, ...Array(after).fill(1)]))
}
