import { type Dim, type Graph, tensorOf, type Value } from '../../../onnx/index.js'
import { and, equal, less, not, where } from '../../../onnx/logic.js'
import { add, matMul, max, min, mul, reduceMax, reduceSum, sub } from '../../../onnx/math.js'
import { concat, split } from '../../../onnx/parts.js'
import { gather, gatherRows, sorted } from '../../../onnx/select.js'
import { cast, reshape, squeeze, unsqueeze } from '../../../onnx/shape.js'
import type { Grid } from '../../heads/head.js'
import { bestAnchor } from '../anchors.js'
import type { Grids } from '../grids.js'
import { type Refusal, refusalOf, written } from '../refusal.js'
import { droppedRows, type Rows, readRows, type Used } from '../rows.js'
import { centreTable, inputOf, sizeFractions } from './fractions.js'

type V = Value<'float32'>

/** Boxes of fixed number, T of each image, at all scales: float32 numbers, and no integers but places to gather from. */
export interface BoxTable {
  readonly grids: Grids
  readonly rows: Rows
  readonly refusal: Refusal
  /** Centre and size as fractions of the input `[B, T, 4]`. */
  readonly fractions: V
  /** Width and height of the best anchor in pixels `[B, T, 2]`. */
  readonly anchor: V
  /** Column and row of the cell `[B, L, T, 2]`, and its place among those of the scale `[B, L, T]`. */
  readonly cell: V
  readonly place: V
  /** Whether the row is what its cell holds in the end `[B, L, T]`. */
  readonly winner: Value<'bool'>
  /** A bit for each class of all boxes in the cell `[B, L, T, C]`. */
  readonly classes: V
}

/** No cell: less than any place. */
const nowhere = -1e9

/** Boxes `[B, T, 5]` or `[B, T, 6]`, assigned. Source: keras-yolo3 `preprocess_true_boxes`. */
export function boxTable(boxes: V, grids: Grids): BoxTable {
  const { graph } = grids
  return graph.scope('boxes', () => {
    const rows = readRows(boxes, grids)
    const { anchors, ...boxesRead } = anchorsOf(rows, grids)
    const refusal = refusalOf(rows, boxesRead)
    const [slot, anchor] = split(anchors, [grids.scales.length, 2], 2)
    const { xy, cell } = centresOf(rows, grids)
    const along = placesAlong(grids)
    const place = add(reduceSum(mul(cell, along), { axes: [3] }), byScale(slot)) // [B, L, T]
    const isHere = and(not(less(place, 0)), unsqueeze(written(rows, boxesRead.used, refusal), [1]))
    const fractions = concat([xy, sizeFractions(rows.size, grids)], 2)
    return { grids, rows, refusal, fractions, anchor, cell, place, ...cellsOf(place, isHere, rows, grids) }
  })
}

/** n numbers from one on, each 1 more than the last. */
function numbersFrom(graph: Graph, from: number, n: number): V {
  const numbers = Array.from({ length: n }, (_, i) => from + i)
  return graph.constant(tensorOf('float32', [n], numbers), 'numbers')
}

/** Of each row the place of its anchor within each scale, and its sides, `[B, T, L + 2]`, and whether it is a box. */
function anchorsOf(rows: Rows, grids: Grids): Omit<Used, 'anchor'> & { readonly anchors: V } {
  const { anchors, anchorMask, padding } = grids.config
  const known = anchors.map((sides, n) => [
    ...anchorMask.map((mask) => (mask.includes(n) ? mask.indexOf(n) : nowhere)),
    ...sides,
  ])
  const { graph } = grids
  const table = graph.constant(tensorOf('float32', [anchors.length, anchorMask.length + 2], known.flat()), 'anchorsOf')
  const best = gather(table, bestAnchor(rows, grids)) // [B, T, L + 2]
  if (padding === 'anywhere') return { anchors: best, used: rows.counted }
  return graph.scope('padding', () => {
    const T = rows.counted.shape[1] as number
    // Sorted as a column: places are integers, which WebGPU does not reshape.
    const dropped = droppedRows(rows, grids)
    const kept = dropped && equal(dropped, 0)
    const counts = kept ? and(rows.counted, kept) : rows.counted
    const column = unsqueeze(where(counts, numbersFrom(graph, 0, T), numbersFrom(graph, T, T)), [2])
    const [order, places] = sorted(column, 'smallest', 1)
    const anchors = gatherRows(best, places)
    if (!kept) return { anchors, used: less(squeeze(order, [2]), T) }
    const own = placesAmong(kept)
    const isFound = less(squeeze(gatherRows(order, own), [2]), T)
    return { anchors: gatherRows(anchors, own), used: and(isFound, kept), dropped }
  })
}

/** Which of the rows that are kept each is, counted from 0 `[B, T, 1]`; as a product, for WebGPU sums no integers. */
function placesAmong(kept: Value<'bool'>): Value<'int64'> {
  const t = numbersFrom(kept.graph, 0, kept.shape[1] as number)
  const upTo = cast(not(less(t, unsqueeze(t, [1]))), 'float32') // [T, T]
  const before = matMul(cast(kept, 'float32'), upTo)
  return cast(unsqueeze(max(sub(before, 1), 0), [2]), 'int64')
}

/** Fractions of the centres `[B, T, 2]`, and the cells at each scale `[B, L, T, 2]`; pixel 0 stands for one outside. */
function centresOf({ whole, inside, size }: Rows, grids: Grids): { readonly xy: V; readonly cell: V } {
  const { graph } = grids
  const [width] = inputOf(grids)
  const [centre] = split(where(inside, whole, 0), [2, 1], 2)
  const pixel = add(centre, graph.constant(tensorOf('float32', [2], [0, width])))
  const found = gather(centreTable(grids), cast(pixel, 'int64')) // [B, T, 2, 1 + L]
  const [xy, cells] = split(found, [1, grids.scales.length], 3)
  return { xy: reshape(xy, size.shape), cell: byScale(cells) }
}

/**
 * The last axis, which is that of the scales, behind the images: `[B, …, L] → [B, L, …]`. As a sum, for onnxruntime moves a
 * Transpose on to the integers and bits that are made of these numbers, where WebGPU has none.
 */
function byScale(v: V): V {
  const [L, rank] = [v.shape.at(-1) as number, v.shape.length]
  const unit = Array.from({ length: L * L }, (_, i) => (i % (L + 1) === 0 ? 1 : 0))
  const units = v.graph.constant(tensorOf('float32', [L, ...Array<number>(rank - 2).fill(1), L], unit), 'scales')
  return reduceSum(mul(unsqueeze(v, [1]), units), { axes: [rank] })
}

/** What a column and a row count in the place of a cell: `[L, 1, 2]` */
function placesAlong({ graph, scales }: Grids): V {
  const steps = scales.map(({ extent: { w, a } }) => [a, (w as number) * a])
  return graph.constant(tensorOf('float32', [scales.length, 1, 2], steps.flat()), 'steps')
}

/** The last row in each cell, and the classes of all rows in it (S31). */
function cellsOf(place: V, isHere: Value<'bool'>, { label }: Rows, { graph, scales }: Grids) {
  const [, , T] = place.shape as readonly [Dim, Dim, number]
  const C = (scales[0] as Grid).extent.classes as number
  const key = where(isHere, place, -1)
  const same = cast(equal(unsqueeze(key, [3]), unsqueeze(key, [2])), 'float32') // [B, L, T, T]
  const last = reduceMax(mul(same, numbersFrom(graph, 1, T)), { axes: [3] })
  const bits = cast(equal(label, numbersFrom(graph, 0, C)), 'float32') // [B, T, C]
  return {
    winner: and(equal(last, numbersFrom(graph, 1, T)), isHere),
    classes: min(matMul(same, unsqueeze(bits, [1])), 1),
  }
}
