import { tensorOf } from '../graph/constants.js'
import { product } from '../graph/shape.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { bceOfBackground, type Log1pExp } from '../loss/bce.js'
import { boxScale, centreTarget, sizeTarget } from '../loss/box.js'
import { where } from '../ops/logic.js'
import { cast, concat, flatten, reshape, reshapeLike, shapeOf, split, transpose, unsqueeze } from '../ops/movement.js'
import { filled, gather, nonZero, scatter } from '../ops/select.js'
import { slice } from '../ops/slice.js'
import { anchorTable, boxEntries, type Head } from './head.js'
import { ignored } from './ignore.js'
import { type Axis, offset } from './layout.js'
import type { ScaleLoss } from './loss.js'
import { type Cells, terms } from './terms.js'

/** The rows in which o ≠ 0, by their place; vectors `[T]`. */
export interface Positives {
  readonly b: Value<'int64'>
  readonly h: Value<'int64'>
  readonly w: Value<'int64'>
  readonly a: Value<'int64'>
}

/**
 * The loss of one scale, doing only the work the boxes ask for: the xy, wh and class terms see the positive rows, the
 * ignore mask sees the cells around each true box, and every other cell costs one cross-entropy of its objectness.
 */
export function compact<D extends Real>(head: Head<D>, log1pExp: Log1pExp): ScaleLoss<D> {
  const at = positives(head)
  const y = labelRows(head, at)
  const κ = ignoreMask(head, at, y)
  const row = positiveTerms(head, at, y, κ, log1pExp)
  const rows = (values: Value<D>) => ({ rows: values, image: at.b })
  return {
    xy: [rows(row.xy)],
    wh: [rows(row.wh)],
    conf: [rows(row.conf), { maps: backgroundConfidence(head, at, κ, log1pExp) }],
    class: [rows(row.class)],
    positives: [rows(cast(cast(y.obj, 'bool'), y.obj.dtype))],
    ignoreMask: inLabelOrder(head, κ),
  }
}

function positives({ labels }: Head): Positives {
  const { graph } = labels
  return graph.scope('positives', () => {
    const places = nonZero(slice(labels, '..., 4'), graph.symbol('T')) // [4, T]
    const axis = (i: number) => gather(places, graph.scalar(i, 'int64'))
    return { b: axis(0), h: axis(1), w: axis(2), a: axis(3) }
  })
}

/** Axes of one entry of every cell, in the memory order of the logits. */
const planeAxes = ({ layout }: Head): Axis[] => layout.axes.filter((axis) => axis !== 'd')

/** Place of the positives among the cells, in the memory order of the logits: `[T]` */
const planePlace = (head: Head, at: Positives) => offset(planeAxes(head), at, head.sizes, head.extent)

function labelRows<D extends Real>({ labels, sizes, extent }: Head<D>, at: Positives): Cells<D> {
  return labels.graph.scope('labels', () => {
    const { b, h, w, a, d } = extent
    const rows = reshape(labels, [product([b, h, w, a]), d])
    return cellsOf(gather(rows, offset(['b', 'h', 'w', 'a'], at, sizes, extent)), d)
  })
}

function logitRows<D extends Real>({ logits, layout, sizes, extent }: Head<D>, at: Positives): Cells<D> {
  const { graph } = logits
  return graph.scope('logits', () => {
    const [b, h, w, a] = [at.b, at.h, at.w, at.a].map((v) => unsqueeze(v, [1])) as [Positives['b'], ...Positives['b'][]]
    const d = graph.constant(tensorOf('int64', [extent.d], [...Array(extent.d).keys()]), 'entries')
    return cellsOf(
      gather(flatten(logits), offset(layout.axes, { b, h, w, a, d } as Positives, sizes, extent)),
      extent.d,
    )
  })
}

/** Rows `[T, 5+C]` by their entries. */
function cellsOf<D extends Real>(rows: Value<D>, d: number): Cells<D> {
  const [xy, wh, obj, cls] = split(rows, [2, 2, 1, d - boxEntries], 1)
  return { xy, wh, obj, cls }
}

function positiveTerms<D extends Real>(
  head: Head<D>,
  at: Positives,
  y: Cells<D>,
  κ: Value<'bool'>,
  log1pExp: Log1pExp,
) {
  const t = logitRows(head, at)
  const c = cast(concat([unsqueeze(at.w, [1]), unsqueeze(at.h, [1])], 1), y.xy.dtype) // [T, 2]
  const a = gather(anchorTable(head), at.a) // [T, 2]
  const z = { ...y, xy: centreTarget(y.xy, c, head.sizes.g), wh: sizeTarget(y.wh, a, head.S) }
  const [w, h] = split(y.wh, [1, 1], 1)
  const keep = unsqueeze(gather(κ, planePlace(head, at)), [1])
  return terms(z, t, boxScale(w, h), keep, log1pExp)
}

/** κ of every cell, in the memory order of the logits: `[B·h·w·A]` */
function ignoreMask<D extends Real>(head: Head<D>, at: Positives, y: Cells<D>): Value<'bool'> {
  const { graph } = head.logits
  return graph.scope('ignore', () => {
    const places = ignored(head, at.b, y) // [U]
    const cells = flatten(head.objectness)
    const every = filled(shapeOf(cells), cells.shape, 1, 'bool')
    return scatter(every, places, filled(shapeOf(places), places.shape, 0, 'bool'))
  })
}

/** E(0, t_o)·κ of every cell that is no positive, 0 at the others: a map in the memory order of the logits. */
function backgroundConfidence<D extends Real>(head: Head<D>, at: Positives, κ: Value<'bool'>, log1pExp: Log1pExp) {
  return head.logits.graph.scope('background', () => {
    const t = head.objectness
    const no = filled(shapeOf(at.b), at.b.shape, 0, 'bool')
    const live = reshapeLike(scatter(κ, planePlace(head, at), no), t)
    return where(live, bceOfBackground(t, log1pExp), 0)
  })
}

/** A vector over the cells as `[B, h, w, A, 1]`. */
function inLabelOrder<D extends Real>(head: Head<D>, cells: Value<'bool'>): Value<'bool'> {
  const axes = planeAxes(head)
  const map = reshapeLike(cells, head.objectness)
  const perm = (['b', 'h', 'w', 'a'] as const).map((axis) => axes.indexOf(axis))
  return unsqueeze(perm.every((axis, i) => axis === i) ? map : transpose(map, perm), [4])
}
