import type { Real } from '../../../io/index.js'
import { tensorOf, type Value } from '../../../onnx/index.js'
import { equal, where } from '../../../onnx/logic.js'
import { abs, mul, sub } from '../../../onnx/math.js'
import { concat, concatAll, slice, split } from '../../../onnx/parts.js'
import { gatherRows, lookUp, topK } from '../../../onnx/select.js'
import { boxEntries } from '../../config/vocabulary.js'
import { boxScale, sizeRatio } from '../../formulas/box.js'
import { product } from '../../formulas/iou.js'
import type { Entries } from '../../terms/entries.js'
import { sizeTargetOf } from '../../terms/targets.js'
import type { Arrangement, ScaleArrangement, Tables } from './arrangement.js'

/** Labels and logits of each scale, a row for each cell in label order: `[B, N_l, 5+C]` */
export interface Rows<D extends Real = Real> {
  readonly y: readonly Value<D>[]
  readonly t: readonly Value<D>[]
}

/** The cells of all scales one after another, in units: `[·, B, U, 1, 1, P]` */
export interface AllCells<D extends Real = Real> {
  /** Objectness labels and logits, `[1, …]` */
  readonly o: Value<D>
  readonly t: Value<D>
  /** Logits of centre and size, `[2, …]` */
  readonly txy: Value<D>
  readonly twh: Value<D>
}

/** The rows of all scales one after another, R in each image: those with o ≠ 0, filled up with background. */
export interface Objects<D extends Real = Real> {
  /** True boxes, their centres in cells `[B, R, 4]`, and their areas `[B, R, 1]`; nothing overlaps one that is none. */
  readonly box: Value<D>
  readonly area: Value<D>
  /** Targets and logits by entries `[B, R, ·]`, and the scale s of the box. */
  readonly z: Entries<D>
  readonly t: Pick<Entries<D>, 'wh'>
  readonly s: Value<D>
  /** Targets and logits of all entries `[B, R, 5+C]`; the target of wh is not one of a cross-entropy. */
  readonly rows: { readonly z: Value<D>; readonly t: Value<D> }
}

// Its size has a logarithm, and only a prediction as large as a thousand images overlaps it, by 10⁻⁶ of their union.
const harmlessBox = [1e6, 1e6, 1, 1]

/** Rows of all scales, taken out of labels or made from boxes. */
export interface Taken<D extends Real = Real> {
  /** Centre and size as fractions of the input `[B, R, 4]`. */
  readonly raw: Value<D>
  /** Column and row of the cell, width and height of the anchor in pixels: `[B, R, 2]` each */
  readonly c: Value<D>
  readonly a: Value<D>
  readonly obj: Value<D>
  readonly cls: Value<D>
  /** Logits `[B, R, 5+C]` */
  readonly t: Value<D>
}

/** Rows taken out of labels, and where they were. */
export interface Labelled<D extends Real = Real> {
  readonly taken: Taken<D>
  /** Places of the rows of each scale among its cells `[B, K, 1]`. */
  readonly at: readonly Value<'int64'>[]
  /** The same as numbers `[B, R, 1]`. */
  readonly place: Value<D>
}

/** The rows with o ≠ 0 among all, whose objectness labels are `o` `[B, N, 1]`. */
export function labelledRows<D extends Real>(
  rows: Rows<D>,
  o: Value<D>,
  arrangement: Arrangement,
  tables: Tables<D>,
): Labelled<D> {
  const at = placesOf(o, arrangement)
  const y = taken(rows.y, at, gatherRows, arrangement)
  const t = logitsOf(rows.t, at, arrangement)
  const [c, a, place] = split(taken(tables.frames, at, lookUp, arrangement, 1), [2, 2, 1], 2)
  const [raw, obj, cls] = split(y, [4, 1, (y.shape[2] as number) - boxEntries], 2)
  return { at, place, taken: { raw, c, a, obj, cls, t } }
}

/** The logits of the rows at these places `[B, R, 5+C]`. */
export const logitsOf = <D extends Real>(t: Rows<D>['t'], at: Labelled<D>['at'], arrangement: Arrangement): Value<D> =>
  taken(t, at, gatherRows, arrangement)

/** The objects that rows are. */
export function objectsOf<D extends Real>(
  { raw, c, a, obj, cls, t }: Taken<D>,
  tables: Tables<D>,
  guard: boolean,
): Objects<D> {
  const harmless = raw.graph.constant(tensorOf(raw.dtype, [4], harmlessBox), 'harmlessBox')
  const box = where(equal(obj, 0), harmless, mul(raw, tables.rowScale))
  const [cells, wh] = split(box, [2, 2], 2)
  const area = product(wh, 2)
  const own = slice(t, '..., 2:4')
  const z = { xy: sub(cells, c), wh: sizeTargetOf(sizeRatio(wh, a, tables.S), own, guard), obj, cls }
  const targets = concat([z.xy, wh, obj, cls], 2)
  return { box, area, z, t: { wh: own }, s: boxScale(area), rows: { z: targets, t } }
}

/**
 * Places of the rows with o ≠ 0 among the cells of each scale `[B, K, 1]`, from o `[B, N, 1]`: |o| is ranked, for o may
 * be negative.
 */
function placesOf<D extends Real>(o: Value<D>, { scales }: Arrangement): Value<'int64'>[] {
  const sizes = scales.map((s) => s.cells)
  return split(abs(o), sizes, 1).map((part, l) => topK(part, (scales[l] as ScaleArrangement).rows, 1)[1])
}

/** What each scale's values hold at its places, the scales one after another along axis 1, and the empty rows. */
function taken<D extends Real>(
  values: readonly Value<D>[],
  at: readonly Value<'int64'>[],
  take: (v: Value<D>, places: Value<'int64'>) => Value<D>,
  arrangement: Arrangement,
  empty = 0,
): Value<D> {
  const rows = values.map((v, l) => take(v, at[l] as Value<'int64'>))
  return concatAll([...rows, ...emptyRows(rows[0] as Value<D>, arrangement, empty)], 1)
}

/** The empty rows beside those of a scale `[B, K, n]`, if there are any: `[B, e, n]` full of one number. */
export function emptyRows<D extends Real>(
  like: Value<D>,
  { batch, emptyRows: count }: Arrangement,
  value: number,
): Value<D>[] {
  if (count === 0) return []
  const n = like.shape[2] as number
  const tensor = tensorOf(like.dtype, [batch, count, n], Array<number>(batch * count * n).fill(value))
  return [like.graph.constant(tensor, 'emptyRows')]
}
