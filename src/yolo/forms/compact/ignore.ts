import type { DType, Real } from '../../../io/index.js'
import { sum, tensorOf, type Value } from '../../../onnx/index.js'
import { less, not } from '../../../onnx/logic.js'
import { add, cumSum, sub } from '../../../onnx/math.js'
import { split } from '../../../onnx/parts.js'
import { gather, nonZero } from '../../../onnx/select.js'
import { cast, flatten, reshape, transpose, unsqueeze } from '../../../onnx/shape.js'
import type { Positives } from '../../assignment/positives.js'
import { decodeCentre, decodeSize } from '../../formulas/box.js'
import { type Box, iou } from '../../formulas/iou.js'
import { anchorTable, type Heads } from '../../heads/head.js'
import { boxLogits, cellPlaces, type Located } from '../../heads/rows.js'
import { type Candidates, candidates, spread, type Whereabouts } from './candidates.js'

/** The candidates, Q innermost: integers `[1, Q]`, numbers `[2, 1, Q]` and anchors `[2, A, Q]`. */
interface Pairs<D extends Real> extends Omit<Located, 'division'> {
  readonly grid: Whereabouts
  readonly truth: Box<D>
  readonly c: Value<D>
  readonly g: Value<D>
  readonly anchors: Value<D>
}

/**
 * Places of the cells with κ = 0 among those of all scales, the cells of each in the memory order of its logits and
 * beginning at `start`, said for each true box `[T, 1]`; a cell as often as a true box hides it: `[U]`.
 *
 *   κ_p = 1 if max_k IoU(b_p, y_k) < θ else 0        k over the true boxes of this image and scale
 *
 * Hence a cell is ignored if any IoU with it is not below θ, and an image without boxes ignores nothing. Source:
 * keras-yolo3 `yolo_loss`, `loop_body`.
 */
export function hiddenPlaces<D extends Real>(
  heads: Heads<D>,
  found: Positives<D>,
  start: Value<'int64'>,
): Value<'int64'> {
  const { graph, ignoreThreshold: θ } = heads
  const sizes = heads.scales.map(() => graph.symbol('Q'))
  const grid = { b: found.at.b, ...found.grid, start }
  const near = candidates(found.y, θ, found.g, grid, sum(sizes))
  const ends = cumSum(found.division.counts)
  const counts = sub(gather(near.before, ends), gather(near.before, sub(ends, found.division.counts)))
  const pairs = pairsOf(heads, found, near)
  const predicted = decoded(heads, { ...pairs, division: { counts, sizes } })
  const hidden = not(less(iou(predicted, pairs.truth), θ)) // [1, A, Q]
  const cells = add(cellPlaces(heads, pairs), pairs.grid.start) // [A, Q]
  return gather(flatten(cells), flatten(nonZero(flatten(hidden), graph.symbol('U'))))
}

function pairsOf<D extends Real>(
  heads: Heads<D>,
  { scale, g, y }: Positives<D>,
  { box, c, grid }: Candidates,
): Pairs<D> {
  const [L, A] = [heads.scales.length, heads.a]
  // The widths of all anchors of a scale, then the heights.
  const sides = transpose(reshape(anchorTable(...heads.scales), [L, A, 2]), [0, 2, 1])
  const own = gather(reshape(sides, [L, 2 * A]), scale)
  const [xy, wh, gs, anchors] = split(spread(box, [y.xy, y.wh, g, own]), [2, 2, 2, 2 * A], 0)
  const upright = <T extends DType>(v: Value<T>) => unsqueeze(v, [1])
  const [w, h] = split(c, [1, 1], 0)
  const a = heads.graph.constant(tensorOf('int64', [A, 1], [...Array(A).keys()]), 'anchorIndex')
  return {
    at: { b: grid.b, h, w, a },
    grid,
    truth: { xy: upright(xy), wh: upright(wh) },
    c: cast(upright(c), heads.dtype),
    g: upright(gs),
    anchors: reshape(anchors, [2, A, box.shape[0] as number]),
  }
}

/** The predictions of all anchors of the candidate cells: `[2, A, Q]` */
function decoded<D extends Real>(heads: Heads<D>, pairs: Pairs<D> & Located): Box<D> {
  return heads.graph.scope('decode', () => {
    const [txy, twh] = boxLogits(heads, pairs)
    return { xy: decodeCentre(txy, pairs.c, pairs.g), wh: decodeSize(twh, pairs.anchors, reshape(heads.S, [2, 1, 1])) }
  })
}
