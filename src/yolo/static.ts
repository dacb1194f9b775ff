import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import type { Differentiable } from '../loss/bce.js'
import { abs, mul } from '../ops/elementwise.js'
import { equal, not, where } from '../ops/logic.js'
import { cast, concat, reshape, split, transpose } from '../ops/movement.js'
import { gatherRows, topK } from '../ops/rank.js'
import { reduceSum } from '../ops/reduce.js'
import { gather } from '../ops/select.js'
import { slice } from '../ops/slice.js'
import { strided } from '../ops/strided.js'
import { boxEntries, inLabelOrder, type LabelledHead, ofEach } from './head.js'
import type { Numerics, Parts } from './parts.js'
import { type Plan, planOf, type ScalePlan, tablesOf } from './plan.js'
import { staticGradients } from './staticgradient.js'
import { staticMask } from './staticmask.js'
import { targets } from './targets.js'
import { type Cells, confidence, objectTerms, pooledEntropies, type Terms } from './terms.js'

/** The rows of all scales one after another, R in each image: those with o ≠ 0, filled up with background. */
export interface Objects<D extends Real = Real> {
  /** Places of the rows of each scale among its cells `[B, K, 1]`. */
  readonly at: readonly Value<'int64'>[]
  /** The same as numbers `[B, R, 1]`. */
  readonly place: Value<D>
  /** Objectness labels `[B, R, 1]`. */
  readonly o: Value<D>
  /** True boxes `[B, R, 4]`; where there is none, one that nothing overlaps. */
  readonly box: Value<D>
  /** Logits and targets by entries `[B, R, ·]`, and the scale s of the box. */
  readonly t: Cells<D>
  readonly z: Cells<D>
  readonly s: Value<D>
  /** Logits and targets of all entries `[B, R, 5+C]`; the target of wh is not one of a cross-entropy. */
  readonly rows: { readonly t: Value<D>; readonly z: Value<D> }
}

/** The cells of all scales one after another, N in each image. */
interface AllCells<D extends Real> {
  /** Objectness labels `[B, N]`. */
  readonly o: Value<D>
  /** tx ty tw th and objectness logit `[5, B, N]` */
  readonly logits: Value<D>
}

/** Labels and logits of each scale, a row for each cell in label order: `[B, N_l, 5+C]` */
interface Rows<D extends Real> {
  readonly y: readonly Value<D>[]
  readonly t: readonly Value<D>[]
}

// Its size has a logarithm, and only a prediction as large as 10⁴ images overlaps it, by 10⁻⁸ of their union.
const harmlessBox = [1e4, 1e4, 1, 1]

const joinedAt = <D extends Real>(axis: number, values: readonly Value<D>[]): Value<D> =>
  concat(values as readonly [Value<D>, ...Value<D>[]], axis)

/**
 * The loss of all scales at fixed sizes, for providers that want neither data-dependent shapes nor integer arithmetic:
 * TopK finds the rows with o ≠ 0, at most `maxBoxes` of each image and scale. With more, the loss is NaN. Launches cost
 * more than arithmetic there, so that the scales share their nodes wherever they can, and rows and cells theirs.
 */
export function fixed<D extends Real>(
  heads: readonly LabelledHead<D>[],
  maxBoxes: number,
  numerics: Numerics,
): Parts<D> {
  const { graph } = (heads[0] as LabelledHead<D>).labels
  const plan = planOf(heads, maxBoxes)
  const tables = tablesOf(heads, plan)
  const rows = rowsOf(heads, plan)
  const cells = cellsOfAll(rows)
  const objects = graph.scope('objects', () => objectsOf(heads, rows, cells.o, plan, tables, numerics))
  const θ = (heads[0] as LabelledHead).ignoreThreshold
  const κ = graph.scope('ignore', () => staticMask(cells.logits, objects, plan, tables, θ, numerics.divisionFree)) // [B, N]
  const t = reshape(slice(cells.logits, '4:5'), κ.shape) // sliced, for a split must be used whole where it is derived
  const E = pooledEntropies({ rows: objects.rows, cells: { z: cells.o, t } }, numerics.decay)
  const ofRows = slicedCells(E.rows.value)
  const slopes = slicedCells(E.rows.slope)
  const terms = graph.scope('objects', () =>
    objectTerms(
      objects.z,
      objects.t,
      { xy: { value: ofRows.xy, slope: slopes.xy }, cls: { value: ofRows.cls, slope: slopes.cls } },
      objects.s,
    ),
  )
  return partsOf(heads, objects, { ...terms, conf: confidence(cells.o, E.cells, κ) }, cells.o, κ, plan)
}

function cellsOfAll<D extends Real>({ y, t }: Rows<D>): AllCells<D> {
  const o = y.map((v) => columnOf(v, boxEntries - 1))
  const logits = t.map((v) => slice(v, '..., 0:5'))
  return { o: joinedAt(1, o), logits: transpose(joinedAt(1, logits), [2, 0, 1]) }
}

/** An entry of each row, `[B, N, D] → [B, N]`. */
function columnOf<D extends Real>(v: Value<D>, at: number): Value<D> {
  const [batch, count, entries] = v.shape as [number, number, number]
  return strided(reshape(v, [batch, count * entries]), at, entries, count)
}

/** Rows are summed one by one, cells in lines as long as a row of the coarsest grid. */
function partsOf<D extends Real>(
  heads: readonly LabelledHead<D>[],
  objects: Objects<D>,
  { xy, wh, class: cls, conf }: Terms<Differentiable<D>>,
  o: Value<D>,
  κ: Value<'bool'>,
  plan: Plan,
): Parts<D> {
  const { w, a } = plan.scales[0] as ScalePlan
  const [rows, lines] = [plan.scales.map((s) => s.rows), plan.scales.map((s) => s.cells / (w * a))]
  const sums = (v: Value<D>) => reduceSum(v, { axes: [2] })
  const ofRows = (v: Value<D>) => [{ lines: sums(v), scale: rows }]
  const ofCells = (v: Value<D>) => [
    { lines: sums(reshape(v, [plan.batch, plan.cells / (w * a), w * a])), scale: lines },
  ]
  const kept = cast(κ, o.dtype)
  const sizes = plan.scales.map((s) => s.cells)
  return {
    terms: { xy: ofRows(xy.value), wh: ofRows(wh.value), conf: ofCells(conf.value), class: ofRows(cls.value) },
    positives: ofCells(where(equal(o, 0), o.graph.scalar(0, o.dtype), 1)),
    ignore: ofCells(kept),
    ignored: ofCells(cast(not(κ), o.dtype)),
    ignoreMasks: split(kept, sizes, 1).map((part, l) => {
      const { h, w, a } = plan.scales[l] as ScalePlan
      return reshape(part, [plan.batch, h, w, a, 1])
    }),
    gradients: (share) => staticGradients(heads, objects, { xy, wh, class: cls, conf }, plan, share),
  }
}

function rowsOf<D extends Real>(heads: readonly LabelledHead<D>[], { batch, scales }: Plan): Rows<D> {
  const pairs = ofEach(heads, (head, l) => {
    const shape = [batch, (scales[l] as ScalePlan).cells, head.extent.d]
    return { y: reshape(head.labels, shape), t: reshape(inLabelOrder(head), shape) }
  })
  return { y: pairs.map(({ y }) => y), t: pairs.map(({ t }) => t) }
}

function objectsOf<D extends Real>(
  heads: readonly LabelledHead<D>[],
  rows: Rows<D>,
  labels: Value<D>,
  plan: Plan,
  tables: ReturnType<typeof tablesOf<D>>,
  numerics: Numerics,
): Objects<D> {
  const at = placesOf(labels, plan)
  const y = taken(rows.y, at, gatherRows) // [B, R, 5+C]
  const row = taken(rows.t, at, gatherRows)
  const frames = reshape(taken(tables.frame, at, gather), [plan.batch, plan.rows, 5])
  const [c, a, place] = split(frames, [2, 2, 1], 2)
  const [raw, o, cls] = split(y, [4, 1, (y.shape[2] as number) - boxEntries], 2)
  const harmless = y.graph.constant(tensorOf(y.dtype, [4], harmlessBox), 'harmlessBox')
  const box = where(equal(o, 0), harmless, spoilt(raw, plan))
  const [xy, wh] = split(box, [2, 2], 2)
  const { S } = heads[0] as LabelledHead<D>
  const t = slicedCells(row)
  const { z, s } = targets({ xy, wh, cls, obj: o }, t, { c, a, g: tables.rowGrids, S }, numerics)
  return { at, place, o, box, t, z, s, rows: { t: row, z: joinedAt(2, [z.xy, wh, o, cls]) } }
}

/**
 * Places of the rows with o ≠ 0 among the cells of each scale `[B, K, 1]`, from o `[B, N]`: |o| is ranked, for o may
 * be negative.
 */
function placesOf<D extends Real>(o: Value<D>, { batch, cells, scales }: Plan): Value<'int64'>[] {
  const sizes = scales.map((s) => s.cells)
  return split(reshape(abs(o), [batch, cells, 1]), sizes, 1).map(
    (part, l) => topK(part, (scales[l] as ScalePlan).rows, 1)[1],
  )
}

/** What each scale's values hold at its places, the scales one after another along axis 1. */
const taken = <D extends Real>(
  values: readonly Value<D>[],
  at: readonly Value<'int64'>[],
  take: (v: Value<D>, places: Value<'int64'>) => Value<D>,
): Value<D> =>
  joinedAt(
    1,
    values.map((v, l) => take(v, at[l] as Value<'int64'>)),
  )

/** Rows by entries. No Split: ORT training makes its gradient from the outputs in use alone, and not all are. */
function slicedCells<D extends Real>(t: Value<D>): Cells<D> {
  const entries = (range: string) => slice(t, `..., ${range}`)
  return { xy: entries('0:2'), wh: entries('2:4'), obj: entries('4:5'), cls: entries('5:') }
}

/** Boxes `[B, R, 4]`, NaN in the spare rows: an object there means that others were left out. */
function spoilt<D extends Real>(box: Value<D>, { scales, rows }: Plan): Value<D> {
  if (!scales.some((s) => s.spare)) return box
  const weights = scales.flatMap((s) =>
    Array.from({ length: s.rows }, (_, k) => (s.spare && k === s.rows - 1 ? Number.NaN : 1)),
  )
  return mul(box, box.graph.constant(tensorOf(box.dtype, [rows, 1], weights), 'spareRows'))
}
