import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { bceWithLogits } from '../loss/bce.js'
import { mul } from '../ops/elementwise.js'
import { equal, not, where } from '../ops/logic.js'
import { cast, concat, reshape, split, transpose } from '../ops/movement.js'
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

/** Labels and logits of a scale, a row for each cell in label order: `[B, N, 5+C]` */
interface Rows<D extends Real> {
  readonly y: Value<D>
  readonly t: Value<D>
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
  const rows = heads.map((head, l) => graph.scope(`layer${l}`, () => rowsOf(head, plan.scales[l] as ScalePlan)))
  const labels = joinedAt(
    1,
    rows.map(({ y }) => slice(y, '..., 4:5')),
  ) // [B, N, 1]
  const objects = graph.scope('objects', () => objectsOf(heads, rows, labels, plan, tables, numerics))
  const logits = joinedAt(
    1,
    rows.map(({ t }) => slice(t, '..., 0:5')),
  ) // [B, N, 5]
  const cells = reshape(transpose(logits, [2, 0, 1]), [5, plan.batch, plan.units, plan.unit, 1])
  const [txy, twh] = split(cells, [2, 2, 1], 0)
  const perCell = [1, plan.batch, plan.units, plan.unit, 1]
  const to = reshape(slice(logits, '..., 4:5'), perCell) // not from the Split, as in slicedCells
  const o = reshape(labels, perCell)
  const θ = (heads[0] as LabelledHead).ignoreThreshold
  const κ = graph.scope('ignore', () => staticMask({ txy, twh }, objects, plan, tables, θ)) // as o
  const conf = confidence(
    o,
    graph.scope('conf', () => bceWithLogits(o, to, numerics.log1pExp)),
    κ,
  )
  const byScale = { rows: plan.scales.map((s) => s.rows), units: plan.scales.map((s) => s.units) }
  const ofRows = (v: Value<D>) => [{ maps: v, scale: byScale.rows }]
  const ofCells = (v: Value<D>) => [{ maps: reshape(v, [plan.batch, plan.units, plan.unit]), scale: byScale.units }]
  const kept = cast(κ, o.dtype)
  return {
    terms: {
      xy: ofRows(objects.terms.xy.value),
      wh: ofRows(objects.terms.wh.value),
      conf: ofCells(conf.value),
      class: ofRows(objects.terms.class.value),
    },
    positives: ofCells(flagged(o)),
    ignore: ofCells(kept),
    ignored: ofCells(cast(not(κ), o.dtype)),
    ignoreMasks: split(kept, byScale.units, 2).map((part, l) => {
      const { h, w, a } = plan.scales[l] as ScalePlan
      return reshape(part, [plan.batch, h, w, a, 1])
    }),
    gradients: (share) => staticGradients(heads, objects, share('conf', conf.slope), plan, share),
  }
}

function rowsOf<D extends Real>(head: LabelledHead<D>, { cells, d }: ScalePlan): Rows<D> {
  const shape = [head.labels.shape[0] as number, cells, d]
  return { y: reshape(head.labels, shape), t: reshape(inLabelOrder(head), shape) }
}

/** 1 where o ≠ 0, else 0. */
const flagged = <D extends Real>(o: Value<D>): Value<D> => where(equal(o, 0), o.graph.scalar(0, o.dtype), 1)

function objectsOf<D extends Real>(
  heads: readonly LabelledHead<D>[],
  rows: readonly Rows<D>[],
  labels: Value<D>,
  plan: Plan,
  tables: ReturnType<typeof tablesOf<D>>,
  numerics: Numerics,
): Objects<D> {
  const sizes = plan.scales.map((s) => s.cells)
  // Flags are ranked, not o, which may be negative.
  const at = split(flagged(labels), sizes, 1).map((flags, l) => topK(flags, (plan.scales[l] as ScalePlan).rows, 1)[1])
  const taken = (values: readonly Value<D>[]) =>
    joinedAt(
      1,
      values.map((v, l) => gatherRows(v, at[l] as Value<'int64'>)),
    )
  const y = taken(rows.map((r) => r.y)) // [B, R, 5+C]
  const t = slicedCells(taken(rows.map((r) => r.t)))
  const frames = joinedAt(
    1,
    tables.frame.map((table, l) => gather(table, at[l] as Value<'int64'>)),
  )
  const [c, a, place] = split(reshape(frames, [plan.batch, plan.rows, 5]), [2, 2, 1], 2)
  const [raw, o, cls] = split(y, [4, 1, (y.shape[2] as number) - boxEntries], 2)
  const none = equal(o, 0)
  const box = where(none, y.graph.constant(tensorOf(y.dtype, [4], harmlessBox), 'harmlessBox'), raw)
  const [xy, wh] = split(box, [2, 2], 2)
  const cells = { xy, wh, cls, obj: where(none, 0, spoilt(o, plan)) }
  const { S } = heads[0] as LabelledHead<D>
  const { z, s } = targets(cells, t, { c, a, g: tables.rowGrids, S }, numerics)
  const E = jointEntropies(z, t, ['xy', 'cls'], numerics.log1pExp)
  return { at, place, o, box, terms: objectTerms(z, t, E, s) }
}

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
