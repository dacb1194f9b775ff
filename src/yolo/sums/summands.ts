import type { Real } from '../../io/index.js'
import type { Dim, Value } from '../../onnx/index.js'
import {
  add,
  cast,
  concat,
  concatAll,
  type Division,
  divide,
  equal,
  range,
  reduceSum,
  reshapeBy,
  split,
  unsqueeze,
  where,
} from '../../onnx/ops/index.js'

/** Rows of cells `[T, k]` with the image of each `[T]`, of one scale or of several one after another. */
export interface Rows<D extends Real = Real> {
  readonly rows: Value<D>
  readonly image: Value<'int64'>
  readonly scale: number | Division
}

/** A value for each cell `[N]`, image after image, of one scale or of several one after another. */
interface Cells<D extends Real> {
  readonly cells: Value<D>
  readonly scale: number | Division
  /** Cells of an image, by scale: as dimension and as `[1]`. */
  readonly perImage: readonly (readonly [Dim, Value<'int64'>])[]
}

/** Values of all images at one scale: `[B, n, …]`. */
interface Maps<D extends Real> {
  readonly maps: Value<D>
  readonly scale: number
}

/** Sums of parts of each image `[B, n]`, those of each scale one after another in these numbers. */
export interface Lines<D extends Real = Real> {
  readonly lines: Value<D>
  readonly scale: readonly number[]
}

/** What is to be added up. */
export type Summand<D extends Real = Real> = Rows<D> | Cells<D> | Maps<D> | Lines<D>

/** Adds up: everything to rank 0, or each image by itself to `[B]`. */
export type Adder = <D extends Real>(summand: Summand<D>) => Value<D>

/** Up to this size the last axis is summed together with the one before it. */
const shortAxis = 16

/**
 * Maps summed axis by axis from the last, down to `[B]` or `[B, n]`: a single float32 sum of 10⁴ equal terms is off by
 * 1.5e-5, of 10⁵ by 5e-5.
 */
function innerSum<D extends Real>(maps: Value<D>): Value<D> {
  const { length } = maps.shape
  if (length <= 2) return maps
  const last = maps.shape[length - 1]
  return innerSum(reduceSum(maps, { axes: typeof last === 'number' && last <= shortAxis ? [-2, -1] : [-1] }))
}

/** The sum of values whose number is not known: in float64, which has digits for that, and rounded once. */
const wideSum = <D extends Real>(x: Value<D>, axes?: readonly number[]): Value<D> =>
  cast(reduceSum(cast(x, 'float64'), axes && { axes }), x.dtype)

/** Sum of everything, rank 0. */
export const addAll: Adder = (s) => {
  if ('cells' in s) return wideSum(s.cells)
  if ('rows' in s) return wideSum(s.rows)
  return reduceSum('lines' in s ? s.lines : innerSum(s.maps))
}

/** Sum of each image, `[B]`; B as number or symbol and as a value. */
export const addByImage =
  (batch: Dim, B: Value<'int64'>): Adder =>
  <D extends Real>(s: Summand<D>) => {
    if ('cells' in s) return cellsByImage(s, batch)
    if ('rows' in s) return rowsByImage(s, batch, B)
    if ('lines' in s) return reduceSum(s.lines, { axes: [1] })
    const sums = innerSum(s.maps)
    return sums.shape.length > 1 ? reduceSum(sums, { axes: [1] }) : sums
  }

function rowsByImage<D extends Real>({ rows, image }: Rows<D>, batch: Dim, B: Value<'int64'>): Value<D> {
  const row = unsqueeze(reduceSum(rows, { axes: [1] }), [0]) // [1, T]
  const own = equal(unsqueeze(range(B, batch), [1]), unsqueeze(image, [0])) // [B, T]
  return wideSum(where(own, row, 0), [1]) // selected: 0 · ∞ would spoil the other images
}

function cellsByImage<D extends Real>(s: Cells<D>, batch: Dim): Value<D> {
  const sums = cellsByScale(s).map(({ cells, scale }) => {
    const [dim, size] = s.perImage[scale as number] as readonly [Dim, Value<'int64'>]
    // Not [B, -1]: of no images nothing would tell the other size.
    return wideSum(reshapeBy(cells, concat([cells.graph.ints([-1]), size], 0), [batch, dim]), [1])
  })
  return sums.reduce((a, b) => add(a, b))
}

function rowsByScale<D extends Real>({ rows, image, scale }: Rows<D>): Rows<D>[] {
  if (typeof scale === 'number') return [{ rows, image, scale }]
  const images = divide(image, scale)
  return divide(rows, scale).map((part, l) => ({ rows: part, image: images[l] as Value<'int64'>, scale: l }))
}

function cellsByScale<D extends Real>({ cells, scale, perImage }: Cells<D>): Cells<D>[] {
  if (typeof scale === 'number') return [{ cells, scale, perImage }]
  return divide(cells, scale).map((part, l) => ({ cells: part, scale: l, perImage }))
}

/** The same summands scale by scale. */
export function ofScales<D extends Real>(summands: readonly Summand<D>[], scales: number): Summand<D>[][] {
  const parts = summands.flatMap((s): Summand<D>[] => {
    if ('rows' in s) return rowsByScale(s)
    if ('cells' in s) return cellsByScale(s)
    return 'lines' in s ? split(s.lines, s.scale, 1).map((maps, scale) => ({ maps, scale })) : [s]
  })
  return Array.from({ length: scales }, (_, l) => parts.filter((s) => s.scale === l))
}

/** The same sum from fewer summands: the rows, which are those of one list, as one. */
export const merged = <D extends Real>(summands: readonly Rows<D>[]): Rows<D>[] =>
  summands[0]
    ? [
        {
          ...summands[0],
          rows: concatAll(
            summands.map((s) => s.rows),
            1,
          ),
        },
      ]
    : []

/** Sum of summands. */
export const total = <D extends Real>(summands: readonly Summand<D>[], adder: Adder): Value<D> =>
  summands.map(adder).reduce((a, b) => add(a, b))
