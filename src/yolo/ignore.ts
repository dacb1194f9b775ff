import { tensorOf } from '../graph/constants.js'
import { sum } from '../graph/shape.js'
import type { DType, Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { decodeCentre, decodeSize } from '../loss/box.js'
import { iou } from '../loss/iou.js'
import { type Division, divide } from '../ops/divide.js'
import { add } from '../ops/elementwise.js'
import { less, not } from '../ops/logic.js'
import { cast, concat, concatAll, flatten, reshape, split, transpose, unsqueeze } from '../ops/movement.js'
import { reduceSum } from '../ops/reduce.js'
import { gather, nonZero } from '../ops/select.js'
import { type Candidates, candidates } from './candidates.js'
import { anchorTables, type LabelledHead, ofEach } from './head.js'
import { offset, type Place } from './layout.js'
import type { Positives } from './positives.js'
import type { GridSizes } from './sizes.js'

/** Candidates as what is known of them, Q innermost: integers `[1, Q]`, numbers `[2, 1, Q]` and anchors `[2, A, Q]`. */
interface Pairs<D extends Real> {
  readonly place: Required<Omit<Place, 'd'>>
  readonly grid: GridSizes
  /** Where the cells of their scale begin. */
  readonly start: Value<'int64'>
  readonly truth: { readonly xy: Value<D>; readonly wh: Value<D> }
  readonly g: Value<D>
  readonly anchors: Value<D>
}

/**
 * Places of the cells with κ = 0 among those of all scales, the cells of each in the memory order of its logits and
 * beginning at `starts` `[L]`; a cell as often as a true box hides it: `[U]`.
 *
 *   κ_p = 1 if max_k IoU(b_p, y_k) < θ else 0        k over the true boxes of this image and scale
 *
 * Hence a cell is ignored if any IoU with it is not below θ, and an image without boxes ignores nothing. Source:
 * keras-yolo3 `yolo_loss`, `loop_body`.
 */
export function ignored<D extends Real>(
  heads: readonly LabelledHead<D>[],
  found: Positives<D>,
  starts: Value<'int64'>,
): Value<'int64'> {
  const [{ layout, extent, ignoreThreshold }] = heads as [LabelledHead<D>, ...LabelledHead<D>[]]
  const { graph } = starts
  const sizes = heads.map(() => graph.symbol('Q'))
  const near = candidates(found.y.xy, found.y.wh, ignoreThreshold, found.g, sum(sizes))
  const ofScales = divide(near.counts, found.division).map((counts) => reduceSum(counts, { keep: true }))
  const pairs = pairsOf(heads, found, near, starts)
  const predicted = decoded(heads, pairs, { counts: concatAll(ofScales, 0), sizes })
  const hidden = not(less(iou(predicted, pairs.truth), ignoreThreshold)) // [1, A, Q]
  const planes = layout.axes.filter((axis) => axis !== 'd')
  const cells = add(offset(planes, pairs.place, pairs.grid, extent), pairs.start) // [A, Q]
  return gather(flatten(cells), flatten(nonZero(flatten(hidden), graph.symbol('U'))))
}

function pairsOf<D extends Real>(
  heads: readonly LabelledHead<D>[],
  { at, scale, grid, g, y }: Positives<D>,
  near: Candidates,
  starts: Value<'int64'>,
): Pairs<D> {
  const { graph } = starts
  const A = heads[0]?.anchors.length as number
  const [b, h, w, start] = spread(near.box, [at.b, grid.h, grid.w, unsqueeze(gather(starts, scale), [1])])
  // The widths of all anchors of a scale, then the heights.
  const sides = transpose(reshape(anchorTables(heads), [heads.length, A, 2]), [0, 2, 1])
  const own = gather(reshape(sides, [heads.length, 2 * A]), scale)
  const [xy, wh, gs, anchors] = spread(near.box, [y.xy, y.wh, g, own])
  const upright = (v: Value<D>) => unsqueeze(v, [1])
  const a = graph.constant(tensorOf('int64', [A, 1], [...Array(A).keys()]), 'anchorIndex')
  return {
    place: { b, h: near.row, w: near.column, a },
    grid: { h, w },
    start,
    truth: { xy: upright(xy), wh: upright(wh) },
    g: upright(gs),
    anchors: reshape(anchors, [2, A, near.box.shape[0] as number]),
  }
}

/** Columns of the true boxes `[T, k]` for each candidate: `[k, Q]` */
function spread<T extends DType>(
  box: Value<'int64'>,
  columns: readonly [Value<T>, Value<T>, Value<T>, Value<T>],
): readonly [Value<T>, Value<T>, Value<T>, Value<T>] {
  const rows = transpose(gather(concat(columns, 1), box), [1, 0])
  const widths = columns.map((v) => v.shape[1] as number) as [number, number, number, number]
  return split(rows, widths, 0)
}

/** The predictions of all anchors of the candidate cells: `[2, A, Q]` */
function decoded<D extends Real>(heads: readonly LabelledHead<D>[], pairs: Pairs<D>, division: Division) {
  const [{ layout, extent, S }] = heads as [LabelledHead<D>, ...LabelledHead<D>[]]
  const { graph } = S
  return graph.scope('decode', () => {
    const d = graph.constant(tensorOf('int64', [4, 1, 1], [0, 1, 2, 3]), 'boxEntries')
    const at = divide(offset(layout.axes, { ...pairs.place, d }, pairs.grid, extent), division, 2)
    const found = ofEach(heads, ({ logits }, l) => gather(flatten(logits), at[l] as Value<'int64'>))
    const [txy, twh] = split(cast(concatAll(found, 2), S.dtype), [2, 2], 0)
    const { h, w } = pairs.place
    const c = cast(concat([unsqueeze(w, [0]), unsqueeze(h, [0])], 0), S.dtype) // [2, 1, Q]
    return { xy: decodeCentre(txy, c, pairs.g), wh: decodeSize(twh, pairs.anchors, reshape(S, [2, 1, 1])) }
  })
}
