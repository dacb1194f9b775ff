import type { Real } from '../../../io/index.js'
import { product, type Value } from '../../../onnx/index.js'
import {
  add,
  cast,
  concat,
  concatAll,
  cumSum,
  type Division,
  divide,
  divisionOf,
  filled,
  flatten,
  gather,
  mul,
  pick,
  scatter,
  shapeOf,
  sub,
  unsqueeze,
} from '../../../onnx/ops/index.js'
import { labelAxes, type Terms } from '../../config/vocabulary.js'
import { bceOfBackground, type Differentiable } from '../../formulas/bce.js'
import {
  alongAxes,
  anchorTables,
  cellsOf,
  entryNumbers,
  hasRows,
  type LabelledHead,
  ofEach,
  rowsOf,
} from '../../heads/head.js'
import { offset, reordered } from '../../heads/layout.js'
import { objectnessOf } from '../../heads/objectness.js'
import type { Parts } from '../../sums/parts.js'
import type { Numerics } from '../../terms/numerics.js'
import { targets } from '../../terms/targets.js'
import { type Cells, confidence, jointEntropies, objectTerms } from '../../terms/terms.js'
import { compactGradients } from './gradient.js'
import { ignored } from './ignore.js'
import { type Positives, positives } from './positives.js'

/** One value for each cell of all scales `[N]`: those of each in the memory order of its logits, scale after scale. */
export interface Field<D extends Real = Real> {
  readonly values: Value<D>
  /** How they divide among the scales. */
  readonly division: Division
  /** Where each scale begins `[L]`. */
  readonly starts: Value<'int64'>
}

/**
 * The loss of all scales, doing only the work the boxes ask for: the xy, wh and class terms see the positive rows, the
 * ignore mask sees the cells around each true box, and every other cell costs one cross-entropy of its objectness. What
 * is read from each scale is joined at once, for most nodes cost more than their arithmetic.
 */
export function compact<D extends Real>(heads: readonly LabelledHead<D>[], numerics: Numerics): Parts<D> {
  const o = ofEach(heads, objectnessOf)
  const found = positives(
    heads,
    o.map(({ labels }) => labels),
  )
  const { graph } = found.scale
  const t = graph.scope('background', () => field(o.map(({ logits }) => logits)))
  const own = ownPlaces(heads, found)
  const start = unsqueeze(pick(t.starts, found.scale), [1]) // [T, 1]
  const place = add(own, start)
  const { κ, hidden } = graph.scope('ignore', () => ignoreMask(heads, found, start, t.values))
  const row = graph.scope('objects', () => rowTerms(heads, found, own, gather(κ, place), numerics))
  const background = backgroundTerm(t.values, concat([hidden, flatten(place)], 0), numerics)
  const kept = cast(κ, t.values.dtype)
  const perImage = heads.map(cellsOfImage)
  const rows = (values: Value<D>) => ({ rows: values, image: flatten(found.at.b), scale: found.division })
  const cells = (values: Value<D>) => ({ cells: values, perImage, scale: t.division })
  return {
    terms: {
      xy: [rows(row.xy.value)],
      wh: [rows(row.wh.value)],
      conf: [rows(row.conf.value), cells(background.value)],
      class: [rows(row.class.value)],
    },
    positives: [rows(cast(cast(found.y.obj, 'bool'), found.y.obj.dtype))],
    ignore: [cells(kept)],
    ignored: [cells(sub(kept.graph.scalar(1, kept.dtype), kept))],
    ignoreMasks: divide(kept, t.division).map((part, l) => maskOf(heads[l] as LabelledHead<D>, part)),
    gradients: (share) =>
      compactGradients(heads, found, row, divide(share({ conf: background.slope }), t.division), share),
  }
}

/** Cells of an image at one scale: as dimension and as `[1]`. */
const cellsOfImage = ({ extent: { h, w, a }, sizes }: LabelledHead) =>
  [product([h, w, a]), unsqueeze(mul(mul(sizes.h, sizes.w), a), [0])] as const

function field<D extends Real>(t: readonly Value<D>[]): Field<D> {
  const division = divisionOf(t)
  return { values: concatAll(t, 0), division, starts: sub(cumSum(division.counts), division.counts) }
}

/** Place of each positive among the cells of its scale, in the memory order of the logits: `[T, 1]` */
function ownPlaces<D extends Real>(heads: readonly LabelledHead<D>[], { at, grid, places }: Positives): Value<'int64'> {
  const [{ layout, extent }] = heads as [LabelledHead<D>, ...LabelledHead<D>[]]
  const axes = layout.axes.filter((axis) => axis !== 'd')
  const asLabels = axes.every((axis, i) => axis === labelAxes[i])
  return at.b.graph.scope('place', () =>
    asLabels ? unsqueeze(concatAll(places, 0), [1]) : offset(axes, at, grid, extent),
  )
}

/** All logits of the positives, whose places among the cells of their scales are `own`: `[T, 5+C]` */
function logitRows<D extends Real>(heads: readonly LabelledHead<D>[], found: Positives, own: Value<'int64'>): Value<D> {
  const [first] = heads as [LabelledHead<D>, ...LabelledHead<D>[]]
  const { layout, extent, S } = first
  const { graph } = own
  return graph.scope('logits', () => {
    const whole = heads.every(hasRows)
    const entries = () => offset(layout.axes, { ...found.at, d: entryNumbers(first) }, found.grid, extent)
    const at = divide(whole ? flatten(own) : entries(), found.division)
    const rows = ofEach(heads, ({ logits }, l) =>
      gather(whole ? rowsOf(logits, (heads[l] as LabelledHead).extent) : flatten(logits), at[l] as Value<'int64'>),
    )
    return cast(concatAll(rows, 0), S.dtype)
  })
}

function rowTerms<D extends Real>(
  heads: readonly LabelledHead<D>[],
  found: Positives<D>,
  own: Value<'int64'>,
  κ: Value<'bool'>,
  numerics: Numerics,
): Terms<Differentiable<D>> {
  const [{ S, extent }] = heads as [LabelledHead<D>, ...LabelledHead<D>[]]
  const { y, at, g, scale } = found
  const t: Cells<D> = cellsOf(logitRows(heads, found, own))
  const c = cast(concat([at.w, at.h], 1), S.dtype) // [T, 2]
  const a = gather(anchorTables(heads), add(mul(scale, extent.a), flatten(at.a))) // [T, 2]
  const { z, s } = targets(y, t, { c, a, g, S }, numerics)
  const E = jointEntropies(z, t, numerics.decay)
  return { ...objectTerms(z, t, E, s), conf: confidence(y.obj, E.obj, κ) }
}

/** κ of every cell `[N]`, and the places where it is 0 `[U]`. */
function ignoreMask<D extends Real>(
  heads: readonly LabelledHead<D>[],
  found: Positives<D>,
  start: Value<'int64'>,
  values: Value<D>,
): { readonly κ: Value<'bool'>; readonly hidden: Value<'int64'> } {
  const hidden = ignored(heads, found, start)
  const every = filled(shapeOf(values), values.shape, 1, 'bool')
  return { κ: scatter(every, hidden, filled(shapeOf(hidden), hidden.shape, 0, 'bool')), hidden }
}

/** E(0, t_o) of every cell `[N]`, 0 at the places of those that are hidden or positive. */
function backgroundTerm<D extends Real>(t: Value<D>, others: Value<'int64'>, { decay }: Numerics): Differentiable<D> {
  return t.graph.scope('background', () => {
    const { value, slope } = bceOfBackground(t, decay)
    const zeros = filled(shapeOf(others), others.shape, 0, t.dtype)
    return { value: scatter(value, others, zeros), slope: scatter(slope, others, zeros) }
  })
}

/** Values of the cells of a head in the memory order of its logits, as `[B, h, w, A, 1]`. */
const maskOf = <D extends Real>(head: LabelledHead, cells: Value<D>): Value<D> =>
  reordered(alongAxes(cells, head), head.layout.axes, labelAxes)
