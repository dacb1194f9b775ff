import type { Real } from '../../io/index.js'
import { type Dim, type Graph, product, tensorOf, type Value } from '../../onnx/index.js'
import { add, mul } from '../../onnx/math.js'
import { cellGrid, gather, range } from '../../onnx/select.js'
import { reshape, squeeze, unsqueeze } from '../../onnx/shape.js'
import type { Anchor } from '../config/vocabulary.js'
import { anchorTable, type CellCount, cellsPerImage, type Head, inLabelOrder, ofImages } from '../heads/head.js'
import type { Extent } from '../heads/layout.js'
import type { Sizes } from '../heads/sizes.js'

/** One scale of the detector, its rows of predictions in label order: by row, column, anchor. */
export interface Scale<D extends Real = Real> {
  readonly graph: Graph
  /** What everything is calculated in. */
  readonly dtype: D
  /** Which one, the coarsest is 0; and how many there are. */
  readonly l: number
  readonly scales: number
  /** `[B, h·w·A, 5+C]` */
  readonly logits: Value<D>
  /** h·w·A, as dimension and as `[1]`. */
  readonly rows: CellCount
  /** Dimensions: numbers where batch and input are fixed, else symbols. */
  readonly extent: Extent
  /** C. */
  readonly classes: number
  /** Batch and grid as values; `sizes.g` is (columns, rows) `[2]`. */
  readonly sizes: Sizes<D>
  /** Width and height of the input in pixels, `[2]`. */
  readonly S: Value<D>
  /** Width and height of the anchors of this scale in pixels, as numbers and as `[A, 2]`. */
  readonly anchors: readonly Anchor[]
  readonly anchorTable: Value<D>
  readonly head: Head<D>
}

/** A head as a scale. @param classes C, which semantics beside the default want to know */
export function scaleOf<D extends Real>(head: Head<D>, l: number, scales: number, classes: number): Scale<D> {
  const { S, extent, sizes, anchors } = head
  const rows = cellsPerImage(head)
  const logits = ofImages(inLabelOrder(head), rows, [], [5 + classes])
  const { graph, dtype } = S
  return {
    graph,
    dtype,
    l,
    scales,
    logits,
    rows,
    extent,
    classes,
    sizes,
    S,
    anchors,
    anchorTable: anchorTable(head),
    head,
  }
}

/** Whether batch and grid are numbers. */
const sizesOf = ({ extent: { b, h, w } }: Scale): readonly [b: number, h: number, w: number] | undefined =>
  typeof b === 'number' && typeof h === 'number' && typeof w === 'number' ? [b, h, w] : undefined

/** Column and row of the cell of each row of predictions `[h·w·A, 2]`. */
export function cellTable<D extends Real>(scale: Scale<D>): Value<D> {
  const { graph, dtype, sizes, extent, anchors, rows } = scale
  const [known, a] = [sizesOf(scale), anchors.length]
  if (known) {
    const [, h, w] = known
    const places = Array.from({ length: h * w * a }, (_, n) => [Math.floor(n / a) % w, Math.floor(n / a / w)])
    return graph.constant(tensorOf(dtype, [h * w * a, 2], places.flat()), 'cells')
  }
  const grid = cellGrid(sizes.h, sizes.w, [extent.h, extent.w], dtype) // [h, w, 1, 2]
  const all = add(grid, graph.constant(tensorOf(dtype, [a, 2], Array<number>(2 * a).fill(0)), 'noAnchors'))
  return reshape(all, [rows[0], 2])
}

/** Width and height of the anchor of each row of predictions, in pixels `[h·w·A, 2]`. */
export function anchorsOfRows<D extends Real>(scale: Scale<D>): Value<D> {
  const { graph, dtype, sizes, extent, anchors, rows, anchorTable: table } = scale
  const known = sizesOf(scale)
  if (known) {
    const [, h, w] = known
    const sides = Array.from({ length: h * w }, () => anchors.flat()).flat()
    return graph.constant(tensorOf(dtype, [h * w * anchors.length, 2], sides), 'anchorsOfRows')
  }
  const nowhere = mul(cellGrid(sizes.h, sizes.w, [extent.h, extent.w], dtype), 0)
  return reshape(add(nowhere, table), [rows[0], 2])
}

/** Logits of rows of predictions at `index` `[B, K]`, a place among the h·w·A of the image: `[B, K, 5+C]`. */
export function logitsAt<D extends Real>({ logits, rows, sizes, extent, graph }: Scale<D>, index: Value<'int64'>) {
  const [cells, size] = rows
  const entries = logits.shape[2] as Dim
  const flat = reshape(logits, [product([extent.b, cells]), entries])
  if (typeof extent.b === 'number' && typeof cells === 'number') {
    const starts = Array.from({ length: extent.b }, (_, b) => b * cells)
    return gather(flat, add(index, graph.constant(tensorOf('int64', [extent.b, 1], starts), 'images')))
  }
  const images = unsqueeze(range(sizes.b, extent.b), [1])
  return gather(flat, add(index, mul(images, size)))
}

/** The numbers 0 to h·w·A − 1, `[h·w·A]`. */
export function rowNumbers({ graph, rows: [cells, size] }: Scale): Value<'int64'> {
  if (typeof cells !== 'number') return range(squeeze(size, [0]), cells)
  return graph.constant(tensorOf('int64', [cells], [...Array(cells).keys()]), 'rowNumbers')
}
