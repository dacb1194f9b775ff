import type { DType, Real } from '../../io/index.js'
import { product, tensorOf, type Value } from '../../onnx/index.js'
import { mul } from '../../onnx/math.js'
import { concatAll, type Division, divide, split } from '../../onnx/parts.js'
import { gather, nonZero, put } from '../../onnx/select.js'
import { cast, flatten, reshape, reshapeLike, sizeOfDim, transpose } from '../../onnx/shape.js'
import { type Axis, labelAxes } from '../config/vocabulary.js'
import { entryNumbers, type Head, type Heads, ofEach } from './head.js'
import { type Extent, offset, type Place } from './layout.js'
import type { GridSizes } from './sizes.js'

/** Cells of all scales, those of each scale one after another; `[T, 1]`, or whatever broadcasts. */
export interface Located {
  /** Image, row, column and anchor. */
  readonly at: Required<Omit<Place, 'd'>>
  /** Rows and columns of their grid. */
  readonly grid: GridSizes
  /** How they divide among the scales. */
  readonly division: Division
}

/** Whether the entries of a cell lie side by side. */
export const hasRows = ({ layout }: Pick<Head, 'layout'>): boolean => layout.axes.at(-1) === 'd'

/** A row for each cell, in memory order: `[…] → [B·h·w·A, 5+C]` */
export const rowsOf = <D extends DType>(x: Value<D>, { b, h, w, a, d }: Extent): Value<D> =>
  reshape(x, [product([b, h, w, a]), d])

/** Places where the vector o is not 0: `[n]`; `count` is a hint for the name of n. */
export function nonZeroPlaces<D extends Real>(o: Value<D>, count: string): Value<'int64'> {
  // The CPU provider finds non-zeros in float32, not in float64.
  return flatten(nonZero(o.dtype === 'float64' ? cast(o, 'bool') : o, o.graph.symbol(count)))
}

const withoutEntries = (axes: readonly Axis[]): readonly Axis[] => axes.filter((axis) => axis !== 'd')

/** Whether the logits hold their cells in the order of the labels. */
export const asLabels = ({ layout }: Pick<Head, 'layout'>): boolean =>
  withoutEntries(layout.axes).every((axis, i) => axis === labelAxes[i])

/** Places of cells among those of their scale, in the memory order of the logits. */
export const cellPlaces = ({ layout, a }: Heads, { at, grid }: Omit<Located, 'division'>): Value<'int64'> =>
  offset(withoutEntries(layout.axes), at, { ...grid, a })

/** Places of entries d of cells in the memory of the logits. */
const entryPlaces = (
  { graph, layout, a, d: size }: Heads,
  { at, grid }: Omit<Located, 'division'>,
  d: Value<'int64'> = entryNumbers(graph, size),
): Value<'int64'> => offset(layout.axes, { ...at, d }, { ...grid, a, d: sizeOfDim(graph, size) as number })

/** All logits of cells, whose places among those of their scales are `own` `[T, 1]`: `[T, 5+C]` */
export function logitRows<D extends Real>(heads: Heads<D>, cells: Located, own: Value<'int64'>): Value<D> {
  return heads.graph.scope('logits', () => {
    const whole = hasRows(heads)
    const at = divide(whole ? flatten(own) : entryPlaces(heads, cells), cells.division)
    const rows = ofEach(heads.scales, ({ logits, extent }, l) =>
      gather(whole ? rowsOf(logits, extent) : flatten(logits), at[l] as Value<'int64'>),
    )
    return cast(concatAll(rows, 0), heads.dtype)
  })
}

/** Logits of centre and size of cells `[A, Q]`: `[2, A, Q]` twice. */
export function boxLogits<D extends Real>(heads: Heads<D>, cells: Located): readonly [xy: Value<D>, wh: Value<D>] {
  const width = blockWidth(heads)
  const found = width === undefined ? entryByEntry(heads, cells) : inBlocks(heads, cells, width)
  const [xy, wh] = split(
    cast(found, heads.dtype),
    [2, 2, ...(width === undefined || width === 4 ? [] : [width - 4])],
    0,
  )
  return [xy as Value<D>, wh as Value<D>]
}

/**
 * The least width of which the 5+C entries of a cell are a multiple, so that it begins a block: 5 of 85. From 4 on, for
 * centre and size are to be in one, and no wider than what a cache line holds.
 */
function blockWidth({ layout, d }: Heads): number | undefined {
  if (!hasRows({ layout }) || typeof d !== 'number') return undefined
  return Array.from({ length: 13 }, (_, i) => i + 4).find((width) => d % width === 0)
}

/** `[A, Q]` → `[width, A, Q]`. The CPU provider gathers a block in the time of an entry. */
function inBlocks<D extends Real>(heads: Heads<D>, cells: Located, width: number): Value<Real> {
  const first = mul(cellPlaces(heads, cells), (heads.d as number) / width)
  const at = divide(first, cells.division, 1)
  const found = ofEach(heads.scales, ({ logits, extent: { b, h, w, a, d } }, l) => {
    const blocks = reshape(logits, [product([b, h, w, a, (d as number) / width]), width])
    return gather(blocks, at[l] as Value<'int64'>)
  })
  return transpose(concatAll(found, 1), [2, 0, 1])
}

/** `[A, Q]` → `[4, A, Q]` */
function entryByEntry<D extends Real>(heads: Heads<D>, cells: Located): Value<Real> {
  const d = heads.graph.constant(tensorOf('int64', [4, 1, 1], [0, 1, 2, 3]), 'boxEntries')
  const at = divide(entryPlaces(heads, cells, d), cells.division, 2)
  const found = ofEach(heads.scales, ({ logits }, l) => gather(flatten(logits), at[l] as Value<'int64'>))
  return concatAll(found, 2)
}

/** What lies in the memory of the logits of each scale, with the rows `[T, 5+C]` of cells written over it. */
export function withRows<D extends Real>(
  heads: Heads<D>,
  cells: Located,
  rows: Value<D>,
  below: (head: Head<D>, l: number) => Value<D>,
): Value<D>[] {
  const ofScales = divide(rows, cells.division)
  const at = divide(entryPlaces(heads, cells), cells.division) // [T_l, 5+C]
  return ofEach(heads.scales, (head, l) => {
    const [places, own] = [at[l] as Value<'int64'>, ofScales[l] as Value<D>]
    return reshapeLike(put(flatten(below(head, l)), flatten(places), flatten(own)), head.logits)
  })
}
