import type { Real } from '../../../io/index.js'
import { tensorOf, type Value } from '../../../onnx/index.js'
import { equal, less, where } from '../../../onnx/logic.js'
import { min, reduceMax } from '../../../onnx/math.js'
import { concat, split } from '../../../onnx/parts.js'
import { gather } from '../../../onnx/select.js'
import { reshape, transpose } from '../../../onnx/shape.js'
import { centreInGrid, sizeByAnchor } from '../../formulas/box.js'
import { doubledEdges, overlapAndBar, product, sharedArea, unionRatio } from '../../formulas/iou.js'
import type { Arrangement, Tables } from './arrangement.js'
import type { AllCells, Objects } from './objects.js'

/**
 * κ of all cells, `[1, B, U, 1, 1, P]`: 1 where the best IoU with the true boxes of the image and scale is below θ. A unit
 * of cells is compared with the rows of its own scale only, the cells innermost, for they are many.
 */
export function staticMask<D extends Real>(
  { txy, twh }: AllCells<D>,
  objects: Objects<D>,
  arrangement: Arrangement,
  { c, a, halfGrid }: Tables<D>,
  θ: number,
  divisionFree: boolean,
): Value<'bool'> {
  const columns = transpose(concat([objects.box, objects.area], 2), [2, 0, 1]) // [5, B, R]
  const ofUnits = gather(columns, rowsOfUnits(columns, arrangement), 2) // [5, B, U, 1, K, 1]
  const [xy, wh, area] = split(ofUnits, [2, 2, 1], 0)
  const size = sizeByAnchor(twh, a)
  const inter = sharedArea(
    doubledEdges(centreInGrid(txy, c), halfGrid, size), // [2, B, U, 2, 1, P]
    doubledEdges(xy, halfGrid, wh), // [2, B, U, 2, K, 1]
  )
  const areas = { inter, p: product(size), t: area }
  const best = (v: Value<D>) => reduceMax(v, { axes: [4], keep: true }) // [1, B, U, 1, K, P] → [1, B, U, 1, 1, P]
  if (divisionFree) {
    const { overlap, bar } = overlapAndBar(areas, θ)
    return less(best(overlap), bar)
  }
  const ious = best(unionRatio(areas))
  return less(θ > 0 ? ious : withoutBoxes(ious, objects, arrangement), θ)
}

/** Of each unit the rows of its scale but the spare one, the first again where another scale has more: `[U, 1, K, 1]` */
function rowsOfUnits({ graph }: Value, { scales, units }: Arrangement): Value<'int64'> {
  const counts = scales.map((s) => (s.spare ? s.rows - 1 : s.rows))
  const most = Math.max(...counts)
  let start = 0
  const rows = scales.flatMap((s, l) => {
    const own = Array.from({ length: most }, (_, k) => start + (k < (counts[l] as number) ? k : 0))
    start += s.rows
    return Array(s.units).fill(own).flat() as number[]
  })
  return graph.constant(tensorOf('int64', [units, 1, most, 1], rows), 'rowsOfUnits')
}

/** At θ = 0 the overlap 0 with a box that stands for none would hide a cell: best is −1 where there are no boxes. */
function withoutBoxes<D extends Real>(best: Value<D>, { z }: Objects<D>, arrangement: Arrangement): Value<D> {
  const some = where(equal(z.obj, 0), z.obj.graph.scalar(-1, best.dtype), 1) // [B, R, 1]
  const rows = gather(reshape(some, [1, arrangement.batch, arrangement.rows]), rowsOfUnits(best, arrangement), 2) // [1, B, U, 1, K, 1]
  return min(best, reduceMax(rows, { axes: [4], keep: true }))
}
