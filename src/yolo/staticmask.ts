import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { decodeCentre, decodeSize } from '../loss/box.js'
import { iou } from '../loss/iou.js'
import { min } from '../ops/elementwise.js'
import { equal, less, where } from '../ops/logic.js'
import { reshape, split, transpose } from '../ops/movement.js'
import { reduceMax } from '../ops/reduce.js'
import { gather } from '../ops/select.js'
import type { Plan, tablesOf } from './plan.js'
import type { Objects } from './static.js'

/**
 * κ of all cells, `[1, B, U, P, 1]`: 1 where the best IoU with the true boxes of the image and scale is below θ. `logits` `[B, N, 5]`
 * begins with tx ty tw th. A unit of cells is compared with the rows of its own scale only.
 */
export function staticMask<D extends Real>(
  logits: Value<D>,
  objects: Objects<D>,
  plan: Plan,
  { c, a, g, S }: ReturnType<typeof tablesOf<D>>,
  θ: number,
): Value<'bool'> {
  const cells = reshape(transpose(logits, [2, 0, 1]), [5, plan.batch, plan.units, plan.unit, 1])
  const [txy, twh] = split(cells, [2, 2, 1], 0)
  const predicted = { xy: decodeCentre(txy, c, g), wh: decodeSize(twh, a, S) }
  const boxes = transpose(gather(objects.box, rowsOfUnits(logits, plan), 1), [2, 0, 1]) // [4, B, U·K]
  const [xy, wh] = split(reshape(boxes, [4, plan.batch, plan.units, 1, mostRows(plan)]), [2, 2], 0)
  const best = reduceMax(iou(predicted, { xy, wh }), { axes: [4], keep: true }) // [1, B, U, P, 1]
  return less(θ > 0 ? best : withoutBoxes(best, objects, plan), θ)
}

const mostRows = ({ scales }: Plan): number => Math.max(...scales.map((s) => s.rows))

/** For each unit the rows of its scale, the first again where another scale has more: `[U·K]` */
function rowsOfUnits({ graph }: Value, plan: Plan): Value<'int64'> {
  let start = 0
  const rows = plan.scales.flatMap((s) => {
    const own = Array.from({ length: mostRows(plan) }, (_, k) => start + (k < s.rows ? k : 0))
    start += s.rows
    return Array(s.units).fill(own).flat() as number[]
  })
  return graph.constant(tensorOf('int64', [rows.length], rows), 'rowsOfUnits')
}

/** At θ = 0 the overlap 0 with a box that stands for none would hide a cell: best is −1 where there are no boxes. */
function withoutBoxes<D extends Real>(best: Value<D>, { o }: Objects<D>, plan: Plan): Value<D> {
  const some = where(equal(o, 0), o.graph.scalar(-1, o.dtype), 1) // [B, R, 1]
  const rows = reshape(gather(some, rowsOfUnits(best, plan), 1), [1, plan.batch, plan.units, 1, mostRows(plan)])
  return min(best, reduceMax(rows, { axes: [4], keep: true }))
}
