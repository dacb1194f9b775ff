import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { add, mul } from '../ops/elementwise.js'
import { equal, not, where } from '../ops/logic.js'
import { cast, concat, reshape, split, transpose } from '../ops/movement.js'
import { pad } from '../ops/pad.js'
import { gatherRows, scatterRows, topK } from '../ops/rank.js'
import { gather } from '../ops/select.js'
import { slice } from '../ops/slice.js'
import { boxEntries, cellsOf, inLabelOrder, type LabelledHead } from './head.js'
import { labelAxes, reordered, shapeIn } from './layout.js'
import type { Numerics, Parts, Share } from './parts.js'
import { type Plan, planOf, type ScalePlan, tablesOf, unitShape } from './plan.js'
import { staticMask } from './staticmask.js'
import { targets } from './targets.js'
import { confidence, objectTerms } from './terms.js'

/** One scale: its cells in label order, and the rows that hold the objects, the others filled up with background. */
interface Selection<D extends Real = Real> {
  /** Objectness labels `[B, N, 1]`. */
  readonly o: Value<D>
  /** tx ty tw th and objectness logits as planes `[5, B, N]`. */
  readonly planes: Value<D>
  /** Places of the rows `[B, K, 1]`. */
  readonly at: Value<'int64'>
  /** Labels and logits of the rows `[B, K, 5+C]`. */
  readonly y: Value<D>
  readonly t: Value<D>
  /** Column, row, anchor width, anchor height and place of the rows `[B, K, 5]`. */
  readonly frame: Value<D>
}

/** The rows of all scales one after another, R in each image. */
export interface Objects<D extends Real = Real> {
  /** True boxes `[B, R, 4]`; where there is none, one that nothing overlaps. */
  readonly box: Value<D>
  /** Where o ≠ 0, `[B, R, 1]`. */
  readonly present: Value<'bool'>
  readonly terms: ReturnType<typeof objectTerms<D>>
  /** Places of the rows among the cells of their scale, `[B, R, 1]`. */
  readonly place: Value<D>
}

// Its size has a logarithm, and only a prediction as large as 10⁴ images overlaps it, by 10⁻⁸ of their union.
const harmlessBox = [1e4, 1e4, 1, 1]

/**
 * The loss of all scales at fixed sizes, for providers that want neither data-dependent shapes nor integer arithmetic:
 * TopK finds the rows with o ≠ 0, at most `maxBoxes` of each image and scale. With more, the loss is NaN.
 */
export function fixed<D extends Real>(
  heads: readonly LabelledHead<D>[],
  maxBoxes: number,
  numerics: Numerics,
): Parts<D> {
  const { graph } = (heads[0] as LabelledHead<D>).labels
  const plan = planOf(heads, maxBoxes)
  const tables = tablesOf(heads, plan)
  const chosen = heads.map((head, l) =>
    graph.scope(`layer${l}`, () => select(head, plan.scales[l] as ScalePlan, tables.frame[l] as Value<D>)),
  )
  const objects = graph.scope('objects', () => objectsOf(heads, chosen, plan, tables.rowGrids, numerics))
  const inUnits = (v: Value<D>) => reshape(v, unitShape(plan))
  const o = inUnits(joinedBy(chosen, 'o', 1))
  const planes = joinedBy(chosen, 'planes', 2)
  const κ = graph.scope('ignore', () =>
    staticMask(planes, objects, plan, tables, (heads[0] as LabelledHead).ignoreThreshold),
  )
  const conf = confidence(o, inUnits(slice(planes, '4')), κ, numerics.log1pExp)
  const [rows, units] = [plan.scales.map((s) => s.rows), plan.scales.map((s) => s.units)]
  const number = (v: Value<'bool'>) => cast(v, o.dtype)
  const objectSummand = (v: Value<D>) => [{ maps: v, scale: rows }]
  return {
    terms: {
      xy: objectSummand(objects.terms.xy.value),
      wh: objectSummand(objects.terms.wh.value),
      conf: [{ maps: conf.value, scale: units }],
      class: objectSummand(objects.terms.class.value),
    },
    positives: [{ maps: number(not(equal(o, 0))), scale: units }],
    ignore: [{ maps: number(κ), scale: units }],
    ignoreMasks: perScale(number(κ), plan).map((part, l) => {
      const { h, w, a } = plan.scales[l] as ScalePlan
      return reshape(part, [plan.batch, h, w, a, 1])
    }),
    gradients: (share) => gradients(heads, chosen, objects, share('conf', conf.slope), plan, share),
  }
}

/** Values of all scales in units by scale. */
const perScale = <D extends Real>(v: Value<D>, { scales }: Plan): Value<D>[] =>
  split(
    v,
    scales.map((s) => s.units),
    1,
  )

const joinedBy = <D extends Real>(
  chosen: readonly Selection<D>[],
  key: 'o' | 'planes' | 'y' | 't' | 'frame',
  axis: number,
) => concat(chosen.map((s) => s[key]) as [Value<D>, ...Value<D>[]], axis)

function select<D extends Real>(head: LabelledHead<D>, { cells, d, rows }: ScalePlan, frames: Value<D>): Selection<D> {
  const batch = head.labels.shape[0] as number
  const y = reshape(head.labels, [batch, cells, d])
  const t = reshape(inLabelOrder(head), [batch, cells, d])
  const o = slice(y, '..., 4:5')
  const present = where(equal(o, 0), o.graph.scalar(0, o.dtype), 1) // ranks o ≠ 0: o itself may be negative
  const [, at] = topK(present, rows, 1)
  return {
    o,
    planes: transpose(slice(t, '..., 0:5'), [2, 0, 1]),
    at,
    y: gatherRows(y, at),
    t: gatherRows(t, at),
    frame: reshape(gather(frames, at), [batch, rows, 5]),
  }
}

function objectsOf<D extends Real>(
  heads: readonly LabelledHead<D>[],
  chosen: readonly Selection<D>[],
  plan: Plan,
  g: Value<D>,
  numerics: Numerics,
): Objects<D> {
  const y = joinedBy(chosen, 'y', 1)
  const { graph, dtype } = y
  const [raw, obj, cls] = split(y, [4, 1, (y.shape[2] as number) - boxEntries], 2)
  const present = not(equal(obj, 0))
  const box = where(present, raw, graph.constant(tensorOf(dtype, [4], harmlessBox), 'harmlessBox'))
  const [xy, wh] = split(box, [2, 2], 2)
  const [c, a, place] = split(joinedBy(chosen, 'frame', 1), [2, 2, 1], 2)
  const t = cellsOf(joinedBy(chosen, 't', 1))
  const cells = { xy, wh, cls, obj: where(present, spoilt(obj, plan), 0) }
  const { z, s } = targets(cells, t, { c, a, g, S: (heads[0] as LabelledHead<D>).S }, numerics)
  return { box, present, place, terms: objectTerms(z, t, s, numerics.log1pExp) }
}

/** o `[B, R, 1]`, NaN in the spare rows: an object there means that others were left out. */
function spoilt<D extends Real>(o: Value<D>, { scales, rows }: Plan): Value<D> {
  if (!scales.some((s) => s.spare)) return o
  const weights = scales.flatMap((s) =>
    Array.from({ length: s.rows }, (_, k) => (s.spare && k === s.rows - 1 ? Number.NaN : 1)),
  )
  return mul(o, o.graph.constant(tensorOf(o.dtype, [rows, 1], weights), 'spareRows'))
}

/** The slopes of all objectness with zeros around, those of the objects over them. */
function gradients<D extends Real>(
  heads: readonly LabelledHead<D>[],
  chosen: readonly Selection<D>[],
  { terms, place }: Objects<D>,
  conf: Value<D>,
  plan: Plan,
  share: Share<D>,
): Value<D>[] {
  const sizes = plan.scales.map((s) => s.rows)
  const inScales = (v: Value<D>) => split(v, sizes, 1)
  const xywh = inScales(concat([share('xy', terms.xy.slope), share('wh', terms.wh.slope)], 2))
  const [cls, places, confs] = [inScales(share('class', terms.class.slope)), inScales(place), perScale(conf, plan)]
  return heads.map(({ logits, layout, extent, S }, l) =>
    S.graph.scope(`layer${l}/gradient`, () => {
      const { cells, d } = plan.scales[l] as ScalePlan
      const objectness = reshape(confs[l] as Value<D>, [plan.batch, cells, 1])
      const own = gatherRows(objectness, (chosen[l] as Selection<D>).at)
      const rows = concat([xywh[l] as Value<D>, own, cls[l] as Value<D>], 2) // [B, K, 5+C]
      const all = pad(reshape(objectness, [plan.batch * cells, 1]), 1, boxEntries - 1, d - boxEntries)
      const images = tensorOf(
        S.dtype,
        [plan.batch, 1, 1],
        Array.from({ length: plan.batch }, (_, b) => b * cells),
      )
      const at = cast(add(places[l] as Value<D>, S.graph.constant(images, 'imageStarts')), 'int64')
      const whole = reshape(scatterRows(all, at, rows), shapeIn(labelAxes, extent))
      return reshape(reordered(whole, labelAxes, layout.axes), logits.shape)
    }),
  )
}
