import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { decodeCentre, decodeSize } from '../loss/box.js'
import { iou } from '../loss/iou.js'
import { min } from '../ops/elementwise.js'
import { less, where } from '../ops/logic.js'
import { reshape, split, transpose } from '../ops/movement.js'
import { reduceMax } from '../ops/reduce.js'
import { gather } from '../ops/select.js'
import { type Plan, type tablesOf, unitShape } from './plan.js'
import type { Objects } from './static.js'

/**
 * κ of all cells in units `[B, U, h₀, w₀·A]`: 1 where the best IoU with the true boxes of the image and scale is below θ. `planes`
 * `[5, B, N]` holds tx ty tw th first. A unit of cells is compared with the rows of its own scale only.
 */
export function staticMask<D extends Real>(
  planes: Value<D>,
  objects: Objects<D>,
  plan: Plan,
  { c, a, g, S }: ReturnType<typeof tablesOf<D>>,
  θ: number,
): Value<'bool'> {
  const { batch, units, unit } = plan
  const [txy, twh] = split(planes, [2, 2, 1], 0)
  const cells = (v: Value<D>) => reshape(v, [2, batch, units, unit, 1])
  const predicted = { xy: cells(decodeCentre(txy, c, g)), wh: cells(decodeSize(twh, a, S)) }
  const boxes = transpose(gather(objects.box, rowsOfUnits(planes, plan), 1), [2, 0, 1]) // [4, B, U·K]
  const [xy, wh] = split(reshape(boxes, [4, batch, units, 1, mostRows(plan)]), [2, 2], 0)
  const best = reduceMax(iou(predicted, { xy, wh }), { axes: [4] }) // [1, B, U, P]
  const κ = less(θ > 0 ? best : withoutBoxes(best, objects, plan), θ)
  return reshape(κ, unitShape(plan))
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
function withoutBoxes<D extends Real>(best: Value<D>, { present }: Objects<D>, plan: Plan): Value<D> {
  const { graph, dtype } = best
  const some = where(present, graph.scalar(1, dtype), -1) // [B, R, 1]
  const rows = reshape(gather(some, rowsOfUnits(best, plan), 1), [1, plan.batch, plan.units, 1, mostRows(plan)])
  return min(best, reduceMax(rows, { axes: [4] }))
}
