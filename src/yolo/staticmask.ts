import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { decodeCentre, decodeSize } from '../loss/box.js'
import { iou, overlapAndBar } from '../loss/iou.js'
import { min } from '../ops/elementwise.js'
import { equal, less, where } from '../ops/logic.js'
import { reshape, split, transpose } from '../ops/movement.js'
import { reduceMax } from '../ops/reduce.js'
import { gather } from '../ops/select.js'
import type { Plan, tablesOf } from './plan.js'
import type { Objects } from './static.js'

/**
 * κ of all cells, `[B, N]`: 1 where the best IoU with the true boxes of the image and scale is below θ. `logits`
 * `[5, B, N]` begins with tx ty tw th. A unit of cells is compared with the rows of its own scale only, the cells
 * innermost, for they are many.
 */
export function staticMask<D extends Real>(
  logits: Value<D>,
  objects: Objects<D>,
  plan: Plan,
  { c, a, g, S }: ReturnType<typeof tablesOf<D>>,
  θ: number,
  divisionFree: boolean,
): Value<'bool'> {
  const { batch, units, unit, cells } = plan
  const [txy, twh] = split(reshape(logits, [5, batch, units, 1, unit]), [2, 2, 1], 0)
  const predicted = { xy: decodeCentre(txy, c, g), wh: decodeSize(twh, a, S) }
  const boxes = transpose(gather(objects.box, rowsOfUnits(logits, plan), 1), [2, 0, 1]) // [4, B, U·K]
  const [xy, wh] = split(reshape(boxes, [4, batch, units, mostRows(plan), 1]), [2, 2], 0)
  const best = (v: Value<D>) => reduceMax(v, { axes: [3], keep: true }) // [1, B, U, K, P] → [1, B, U, 1, P]
  const flat = (v: Value<D>) => reshape(v, [batch, cells])
  if (divisionFree) {
    const { overlap, bar } = overlapAndBar(predicted, { xy, wh }, θ)
    return less(flat(best(overlap)), flat(bar))
  }
  const ious = best(iou(predicted, { xy, wh }))
  return less(flat(θ > 0 ? ious : withoutBoxes(ious, objects, plan)), θ)
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
  const rows = reshape(gather(some, rowsOfUnits(best, plan), 1), [1, plan.batch, plan.units, mostRows(plan), 1])
  return min(best, reduceMax(rows, { axes: [3], keep: true }))
}
