import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { bceWithLogits, type Differentiable } from '../loss/bce.js'
import { mul } from '../ops/elementwise.js'
import { equal, not, where } from '../ops/logic.js'
import { cast, concat, reshape, split } from '../ops/movement.js'
import { gatherRows, topK } from '../ops/rank.js'
import { gather } from '../ops/select.js'
import { slice } from '../ops/slice.js'
import { boxEntries, inLabelOrder, type LabelledHead } from './head.js'
import type { Numerics, Parts } from './parts.js'
import { type Plan, planOf, type ScalePlan, tablesOf } from './plan.js'
import { staticGradients } from './staticgradient.js'
import { staticMask } from './staticmask.js'
import { targets } from './targets.js'
import { type Cells, confidence, jointEntropies, objectTerms } from './terms.js'

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
  readonly terms: ReturnType<typeof objectTerms<D>>
}

/** Labels and logits of each scale, a row for each cell in label order: `[B, N, 5+C]` */
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
 * more than arithmetic there, so that the scales share their nodes wherever they can.
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
  const { o, logits } = entriesOf(rows)
  const objects = graph.scope('objects', () => objectsOf(heads, rows, o, plan, tables, numerics))
  const θ = (heads[0] as LabelledHead).ignoreThreshold
  const κ = graph.scope('ignore', () => staticMask(logits, objects, plan, tables, θ)) // [1, B, U, P, 1]
  const conf = confidenceOf(reshape(o, κ.shape), logits, κ, numerics)
  return partsOf(heads, objects, conf, reshape(o, κ.shape), κ, plan)
}

/** Objectness labels `[B, N, 1]`, and box and objectness logits `[B, N, 5]`, of the cells of all scales. */
function entriesOf<D extends Real>({ y, t }: Rows<D>): { readonly o: Value<D>; readonly logits: Value<D> } {
  const o = y.map((v) => slice(v, '..., 4:5'))
  const logits = t.map((v) => slice(v, '..., 0:5'))
  return { o: joinedAt(1, o), logits: joinedAt(1, logits) }
}

/** The confidence term of all cells; its logits are sliced, for a split must be used whole where it is derived. */
function confidenceOf<D extends Real>(o: Value<D>, logits: Value<D>, κ: Value<'bool'>, { decay }: Numerics) {
  const t = reshape(slice(logits, '..., 4:5'), κ.shape)
  const E = o.graph.scope('conf', () => bceWithLogits(o, t, decay))
  return confidence(o, E, κ)
}

/** Values of rows lie scale by scale along axis 1; those of cells do so in units. */
function partsOf<D extends Real>(
  heads: readonly LabelledHead<D>[],
  objects: Objects<D>,
  conf: Differentiable<D>,
  o: Value<D>,
  κ: Value<'bool'>,
  plan: Plan,
): Parts<D> {
  const [rows, units] = [plan.scales.map((s) => s.rows), plan.scales.map((s) => s.units)]
  const ofRows = (v: Value<D>) => [{ maps: v, scale: rows }]
  const ofCells = (v: Value<D>) => [{ maps: reshape(v, [plan.batch, plan.units, plan.unit]), scale: units }]
  const { xy, wh, class: cls } = objects.terms
  const kept = cast(κ, o.dtype)
  return {
    terms: { xy: ofRows(xy.value), wh: ofRows(wh.value), conf: ofCells(conf.value), class: ofRows(cls.value) },
    positives: ofCells(flagged(o)),
    ignore: ofCells(kept),
    ignored: ofCells(cast(not(κ), o.dtype)),
    ignoreMasks: split(kept, units, 2).map((part, l) => {
      const { h, w, a } = plan.scales[l] as ScalePlan
      return reshape(part, [plan.batch, h, w, a, 1])
    }),
    gradients: (share) => staticGradients(heads, objects, share('conf', conf.slope), plan, share),
  }
}

function rowsOf<D extends Real>(heads: readonly LabelledHead<D>[], { batch, scales }: Plan): Rows<D> {
  const pairs = heads.map((head, l) =>
    head.S.graph.scope(`layer${l}`, () => {
      const shape = [batch, (scales[l] as ScalePlan).cells, head.extent.d]
      return { y: reshape(head.labels, shape), t: reshape(inLabelOrder(head), shape) }
    }),
  )
  return { y: pairs.map(({ y }) => y), t: pairs.map(({ t }) => t) }
}

/** 1 where o ≠ 0, else 0. */
const flagged = <D extends Real>(o: Value<D>): Value<D> => where(equal(o, 0), o.graph.scalar(0, o.dtype), 1)

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
  const t = slicedCells(taken(rows.t, at, gatherRows))
  const frames = reshape(taken(tables.frame, at, gather), [plan.batch, plan.rows, 5])
  const [c, a, place] = split(frames, [2, 2, 1], 2)
  const [raw, o, cls] = split(y, [4, 1, (y.shape[2] as number) - boxEntries], 2)
  const none = equal(o, 0)
  const box = where(none, y.graph.constant(tensorOf(y.dtype, [4], harmlessBox), 'harmlessBox'), raw)
  const [xy, wh] = split(box, [2, 2], 2)
  const cells = { xy, wh, cls, obj: where(none, 0, spoilt(o, plan)) }
  const { S } = heads[0] as LabelledHead<D>
  const { z, s } = targets(cells, t, { c, a, g: tables.rowGrids, S }, numerics)
  const E = jointEntropies(z, t, ['xy', 'cls'], numerics.decay)
  return { at, place, o, box, terms: objectTerms(z, t, E, s) }
}

/** Places of the rows with o ≠ 0 among the cells of each scale `[B, K, 1]`: flags are ranked, for o may be negative. */
function placesOf<D extends Real>(o: Value<D>, { scales }: Plan): Value<'int64'>[] {
  const sizes = scales.map((s) => s.cells)
  return split(flagged(o), sizes, 1).map((flags, l) => topK(flags, (scales[l] as ScalePlan).rows, 1)[1])
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

/** Logits by entries. No Split: ORT training makes its gradient from the outputs in use alone, and obj is not. */
function slicedCells<D extends Real>(t: Value<D>): Cells<D> {
  const entries = (range: string) => slice(t, `..., ${range}`)
  return { xy: entries('0:2'), wh: entries('2:4'), obj: entries('4:5'), cls: entries('5:') }
}

/** o `[B, R, 1]`, NaN in the spare rows: an object there means that others were left out. */
function spoilt<D extends Real>(o: Value<D>, { scales, rows }: Plan): Value<D> {
  if (!scales.some((s) => s.spare)) return o
  const weights = scales.flatMap((s) =>
    Array.from({ length: s.rows }, (_, k) => (s.spare && k === s.rows - 1 ? Number.NaN : 1)),
  )
  return mul(o, o.graph.constant(tensorOf(o.dtype, [rows, 1], weights), 'spareRows'))
}
