import { tensorOf } from '../graph/constants.js'
import { product } from '../graph/shape.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { bceOfBackground, type Differentiable, log1pExpCompensated } from '../loss/bce.js'
import { column } from '../ops/column.js'
import { add, mul, sub } from '../ops/elementwise.js'
import { where } from '../ops/logic.js'
import { cast, concat, flatten, reshape, reshapeLike, shapeOf, unsqueeze } from '../ops/movement.js'
import { pad } from '../ops/pad.js'
import { filled, gather, nonZero, scatter, scatterAt } from '../ops/select.js'
import { anchorTable, boxEntries, cellsOf, type LabelledHead, objectness } from './head.js'
import { ignored } from './ignore.js'
import { type Axis, labelAxes, offset, type Place, reordered } from './layout.js'
import type { Numerics, ScaleParts, Share } from './parts.js'
import { targets } from './targets.js'
import { type Cells, confidence, entropies, objectTerms, type Terms } from './terms.js'

/** The rows in which o ≠ 0, by their place; vectors `[T]`. */
interface Positives {
  readonly b: Value<'int64'>
  readonly h: Value<'int64'>
  readonly w: Value<'int64'>
  readonly a: Value<'int64'>
}

/**
 * The loss of one scale, doing only the work the boxes ask for: the xy, wh and class terms see the positive rows, the
 * ignore mask sees the cells around each true box, and every other cell costs one cross-entropy of its objectness.
 */
export function compact<D extends Real>(head: LabelledHead<D>, scale: number, numerics: Numerics): ScaleParts<D> {
  const at = positives(head)
  const place = placeOf(head, planeAxes(head), at)
  const t = objectness(head)
  const y = labelRows(head, at, place)
  const κ = ignoreMask(head, at, y, flatten(t))
  const row = rowTerms(head, at, y, unsqueeze(gather(κ, place), [1]), numerics)
  const background = backgroundTerm(t, κ, place)
  const kept = cast(reshapeLike(κ, t), t.dtype)
  const rows = (values: Value<D>) => ({ rows: values, image: at.b, scale })
  return {
    terms: {
      xy: [rows(row.xy.value)],
      wh: [rows(row.wh.value)],
      conf: [rows(row.conf.value), { maps: background.value, scale }],
      class: [rows(row.class.value)],
    },
    positives: rows(cast(cast(y.obj, 'bool'), y.obj.dtype)),
    ignore: { maps: kept, scale },
    ignored: { maps: sub(kept.graph.scalar(1, kept.dtype), kept), scale },
    ignoreMask: maskOf(head, kept),
    gradient: (share) => gradient(head, at, row, background, share),
  }
}

function positives({ labels }: LabelledHead): Positives {
  const { graph } = labels
  return graph.scope('positives', () => {
    const o = column(labels, 4)
    // The CPU provider finds non-zeros in float32, not in float64.
    const places = nonZero(o.dtype === 'float64' ? cast(o, 'bool') : o, graph.symbol('T')) // [4, T]
    const axis = (i: number) => gather(places, graph.scalar(i, 'int64'))
    return { b: axis(0), h: axis(1), w: axis(2), a: axis(3) }
  })
}

/** Axes of one entry of every cell, in the memory order of the logits. */
const planeAxes = ({ layout }: LabelledHead): Axis[] => layout.axes.filter((axis) => axis !== 'd')

/** Place of the positives among the cells in some order of axes: `[T]` */
const placeOf = ({ labels, sizes, extent }: LabelledHead, axes: readonly Axis[], at: Positives): Value<'int64'> =>
  labels.graph.scope('place', () => offset(axes, at, sizes, extent))

/** Labels of the positives; `place` is theirs in the memory order of the logits, which may be that of the labels. */
function labelRows<D extends Real>(head: LabelledHead<D>, at: Positives, place: Value<'int64'>): Cells<D> {
  const { labels, extent } = head
  const axes = labelAxes.filter((axis) => axis !== 'd')
  const own = planeAxes(head).join() === axes.join() ? place : placeOf(head, axes, at)
  return labels.graph.scope('labels', () => {
    const { b, h, w, a, d } = extent
    return cellsOf(gather(reshape(labels, [product([b, h, w, a]), d]), own))
  })
}

/** Every logit of the positives: places `[T, 1]` and entries `[5+C]`. */
function entryPlace({ logits, extent }: LabelledHead, at: Positives): Required<Place> {
  const upright = (v: Value<'int64'>) => unsqueeze(v, [1])
  const d = logits.graph.constant(tensorOf('int64', [extent.d], [...Array(extent.d).keys()]), 'entries')
  return { b: upright(at.b), h: upright(at.h), w: upright(at.w), a: upright(at.a), d }
}

/** Their place in memory: `[T, 5+C]` */
function entries(head: LabelledHead, at: Positives): Value<'int64'> {
  const place = entryPlace(head, at)
  return head.logits.graph.scope('entries', () => offset(head.layout.axes, place, head.sizes, head.extent))
}

/** The same along each axis of the tensor that holds the head: `[T, 5+C, rank]` */
function coordinates(head: LabelledHead, at: Positives): Value<'int64'> {
  const { layout, sizes, extent } = head
  const place = entryPlace(head, at)
  const pair = layout.fused ? layout.axes.indexOf('a') : -1
  const zeros = mul(add(place.b, place.d), 0) // [T, 5+C]
  const along = layout.axes.flatMap((axis, i) => {
    if (pair >= 0 && i === pair + 1) return []
    return [i === pair ? offset(['a', 'd'], place, sizes, extent) : place[axis]]
  })
  const columns = along.map((v) => unsqueeze(add(v, zeros), [2]))
  return concat(columns as [Value<'int64'>, ...Value<'int64'>[]], 2)
}

function rowTerms<D extends Real>(
  head: LabelledHead<D>,
  at: Positives,
  y: Cells<D>,
  κ: Value<'bool'>,
  numerics: Numerics,
): Terms<Differentiable<D>> {
  const { S, sizes } = head
  const t = cellsOf(cast(gather(flatten(head.logits), entries(head, at)), S.dtype))
  const c = cast(concat([unsqueeze(at.w, [1]), unsqueeze(at.h, [1])], 1), S.dtype) // [T, 2]
  const a = gather(anchorTable(head), at.a) // [T, 2]
  const { z, s } = targets(y, t, { c, a, g: sizes.g, S }, numerics)
  const E = entropies(z, t, numerics.log1pExp)
  return { ...objectTerms(z, t, E, s), conf: confidence(y.obj, E.obj, κ) }
}

/** κ of every cell, in the memory order of the logits: `[B·h·w·A]` */
function ignoreMask<D extends Real>(head: LabelledHead<D>, at: Positives, y: Cells<D>, cells: Value<D>): Value<'bool'> {
  return cells.graph.scope('ignore', () => {
    const places = ignored(head, at.b, y) // [U]
    const every = filled(shapeOf(cells), cells.shape, 1, 'bool')
    return scatter(every, places, filled(shapeOf(places), places.shape, 0, 'bool'))
  })
}

/** E(0, t_o)·κ of every cell that is no positive, 0 at those: a map in the memory order of the logits. */
function backgroundTerm<D extends Real>(t: Value<D>, κ: Value<'bool'>, positive: Value<'int64'>): Differentiable<D> {
  return t.graph.scope('background', () => {
    const no = filled(shapeOf(positive), positive.shape, 0, 'bool')
    const live = reshapeLike(scatter(κ, positive, no), t)
    const { value, slope } = bceOfBackground(t, log1pExpCompensated)
    return { value: where(live, value, 0), slope: where(live, slope, 0) }
  })
}

/** Cells `[…]` in the memory order of the logits as `[B, h, w, A, 1]`. */
const maskOf = <D extends Real>(head: LabelledHead, cells: Value<D>): Value<D> =>
  unsqueeze(
    reordered(
      cells,
      planeAxes(head),
      labelAxes.filter((axis) => axis !== 'd'),
    ),
    [4],
  )

/** The slopes of the background at its objectness, those of the positives in their rows, 0 elsewhere. */
function gradient<D extends Real>(
  head: LabelledHead<D>,
  at: Positives,
  row: Terms<Differentiable<D>>,
  background: Differentiable<D>,
  share: Share<D>,
): Value<D> {
  const { logits, layout, extent } = head
  return logits.graph.scope('gradient', () => {
    const objectnessAlone = unsqueeze(share('conf', background.slope), [layout.axes.indexOf('d')])
    const all = pad(objectnessAlone, layout.axes.indexOf('d'), boxEntries - 1, extent.d - boxEntries)
    const slopes = concat(
      [
        share('xy', row.xy.slope),
        share('wh', row.wh.slope),
        share('conf', row.conf.slope),
        share('class', row.class.slope),
      ],
      1,
    ) // [T, 5+C]
    // Reshaped before the rows are written: a reshape that makes an output copies it.
    return scatterAt(reshapeLike(all, logits), coordinates(head, at), slopes)
  })
}
