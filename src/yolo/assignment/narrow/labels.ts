import type { Real } from '../../../io/index.js'
import { product, sum, tensorOf, type Value } from '../../../onnx/index.js'
import { where } from '../../../onnx/logic.js'
import { add } from '../../../onnx/math.js'
import { concat, split } from '../../../onnx/parts.js'
import { scatterRows } from '../../../onnx/select.js'
import { cast, expand, reshape, unsqueeze } from '../../../onnx/shape.js'
import { boxEntries, labelAxes } from '../../config/vocabulary.js'
import { shapeIn } from '../../heads/layout.js'
import type { Grids } from '../grids.js'
import type { BoxTable } from './table.js'

type V = Value<'float32'>

/** Numbers of a table: images, rows of boxes of each image and scale, classes, and the cells of each scale. */
export function sizesOfTable({ winner, classes, grids }: BoxTable) {
  const [B, L, T] = winner.shape as readonly number[] as [number, number, number]
  const cells = grids.scales.map(({ extent: { h, w, a } }) => product([h, w, a]) as number)
  return { B, L, T, C: classes.shape[3] as number, cells, N: sum(cells) as number }
}

/** Objectness of all rows at all scales, 0 where they are not what their cell holds: `[B, L, T, 1]` */
export function objectness({ winner, rows }: BoxTable): V {
  const here = unsqueeze(winner, [3])
  return rows.weight ? where(here, unsqueeze(rows.weight, [1]), 0) : cast(here, 'float32')
}

/** Of each row image and place among the cells of all scales; cell N, behind them, for those without: `[B, L·T, 2]` */
export function scatterPlaces(table: BoxTable): V {
  const { place, winner, grids } = table
  const { B, L, T, cells, N } = sizesOfTable(table)
  const { graph } = grids
  const starts = cells.map((_, l) => sum(cells.slice(0, l)) as number)
  const first = graph.constant(tensorOf('float32', [L, 1], starts), 'starts')
  const among = reshape(where(winner, add(place, first), N), [B, L * T, 1])
  const images = Array.from({ length: B }, (_, b) => Array<number>(L * T).fill(b)).flat()
  return concat([graph.constant(tensorOf('float32', [B, L * T, 1], images), 'images'), among], 2)
}

/** Labels of all cells of each scale, `[B, h, w, A, 5+C]`. */
export function tableLabels<D extends Real>(table: BoxTable, dtype: D): Value<D>[] {
  const { fractions, classes, grids } = table
  const { graph } = grids
  const { B, L, T, C, cells, N } = sizesOfTable(table)
  return graph.scope('labels', () => {
    const boxes = expand(unsqueeze(fractions, [1]), graph.ints([B, L, T, 4]), [B, L, T, 4])
    const rows = reshape(concat([boxes, objectness(table), classes], 3), [B, L * T, boxEntries + C])
    const shape = [B, N + 1, boxEntries + C]
    const none = expand(graph.scalar(0, 'float32'), graph.ints(shape), shape)
    const whole = scatterRows(none, cast(scatterPlaces(table), 'int64'), rows)
    return split(whole, [...cells, 1], 1)
      .slice(0, L)
      .map((y, l) => cast(reshape(y, shapeIn(labelAxes, (grids.scales[l] as Grids['scales'][number]).extent)), dtype))
  })
}
