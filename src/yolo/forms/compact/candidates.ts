import type { DType, Real } from '../../../io/index.js'
import type { Dim, Value } from '../../../onnx/index.js'
import { greater, less, where } from '../../../onnx/logic.js'
import { abs, add, digits, div, floor, max, min, mul, type Operand, sub } from '../../../onnx/math.js'
import { concat, concatAll, split } from '../../../onnx/parts.js'
import { gather, ragged } from '../../../onnx/select.js'
import { cast, flatten, transpose, unsqueeze } from '../../../onnx/shape.js'
import { type Box, farthest } from '../../formulas/iou.js'
import type { GridSizes } from '../../heads/sizes.js'

/** The grid in which true boxes `[T, 1]`, or candidates `[1, Q]`, have their cells. */
export interface Whereabouts extends GridSizes {
  /** Index of the image. */
  readonly b: Value<'int64'>
  /** Where the cells of the scale begin among those of all scales. */
  readonly start: Value<'int64'>
}

/** Pairs of a true box and a cell whose predictions might reach the ignore threshold with it. */
export interface Candidates {
  /** Index of the true box `[Q]`. */
  readonly box: Value<'int64'>
  /** Column and row of the cell `[2, Q]`. */
  readonly c: Value<'int64'>
  readonly grid: Whereabouts
  /** How many pairs there are before those of each true box, and last how many in all: `[T+1]` */
  readonly before: Value<'int64'>
}

// Float32 rounding moves a box edge by less than 1e-6 of the input; this much of a cell covers it on grids up to 1000.
const slackInCells = 1e-3
export const slackInSize = 1.001

/** `farthest`, with room for rounding. */
export const reach = (θ: number): number => farthest(θ) * slackInSize

/** The same of a threshold that is known only when the graph runs. */
function reachOf<D extends Real>(θ: Operand<D>): Operand<D> {
  if (typeof θ === 'number') return reach(θ)
  const one = θ.graph.scalar(1, θ.dtype)
  const below = div(sub(div(one, θ), 1), 2)
  return mul(max(where(less(θ, 0.5), below, sub(one, θ)), 0), slackInSize)
}

/**
 * The cells that each true box `[T, 2]` (centre xy and size wh, divided by the input size; g the size of its `grid`) may
 * cause to be ignored. A predicted centre never leaves its cell, so these are the cells within `reach` of the box: a few
 * for a small box, instead of every cell against every box. At θ = 0, and for a box that is not a number, all cells.
 * `pairs` names their number Q.
 */
export function candidates<D extends Real>(
  { xy, wh }: Box<D>,
  θ: Operand<D>,
  g: Value<D>,
  grid: Whereabouts,
  pairs: Dim,
): Candidates {
  const { graph } = xy
  return graph.scope('candidates', () => {
    const last = sub(g, 1)
    const [first, end] = θ === 0 ? [mul(xy, 0), add(mul(xy, 0), last)] : window(xy, mul(abs(wh), reachOf(θ)), g)
    const from = cast(min(where(greater(first, 0), first, 0), last), 'int64') // [T, 2]
    const to = cast(max(where(less(end, last), end, last), 0), 'int64')
    const span = split(add(sub(to, from), 1), [1, 1], 1) // at least 1
    const counts = flatten(mul(...span))
    const { owner, local, before } = ragged(counts, pairs)
    const { b, h, w, start } = grid
    const ofBoxes = spread(owner, [from, span[0], b, h, w, start])
    const [corner, width, ...place] = split(ofBoxes, [2, 1, 1, 1, 1, 1], 0)
    const [down, across] = digits(unsqueeze(local, [0]), [width]) as [Value<'int64'>, Value<'int64'>]
    const [image, rows, columns, begin] = place
    return {
      box: owner,
      c: add(corner, concat([across, down], 0)),
      grid: { b: image, h: rows, w: columns, start: begin },
      before,
    }
  })
}

/** Columns of the true boxes `[T, k…]`, side by side, for each candidate: `[Σk, Q]` */
export const spread = <T extends DType>(box: Value<'int64'>, columns: readonly Value<T>[]): Value<T> =>
  transpose(gather(concatAll(columns, 1), box), [1, 0])

/** First and last cell, along x and y, that the centre of an overlapping prediction can lie in. */
function window<D extends Real>(xy: Value<D>, reached: Value<D>, g: Value<D>): [Value<D>, Value<D>] {
  const centre = mul(xy, g)
  const cells = add(mul(reached, g), slackInCells)
  return [floor(sub(centre, cells)), floor(add(centre, cells))]
}
