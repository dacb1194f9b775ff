import type { Real } from '../../io/index.js'
import { product, type Value } from '../../onnx/index.js'
import { equal, where } from '../../onnx/logic.js'
import { reduceSum } from '../../onnx/math.js'
import { concat, divide } from '../../onnx/parts.js'
import { filled, scatterRows } from '../../onnx/select.js'
import { reshape, reshapeLike, sizeOfDim, unsqueeze, vectorOf } from '../../onnx/shape.js'
import type { LossConfig } from '../config/config.js'
import { labelAxes } from '../config/vocabulary.js'
import type { Grid } from '../heads/head.js'
import { shapeIn } from '../heads/layout.js'
import type { Grids } from './grids.js'
import type { Positives } from './positives.js'
import type { Refusal } from './refusal.js'

/** Labels of all cells of each scale, `[B, h, w, A, 5+C]`: 0 but for the positives. */
export function denseLabels<D extends Real>(grids: Grids, { y, place, division }: Positives<D>): Value<D>[] {
  const rows = divide(concat([y.xy, y.wh, y.obj, y.cls], 1), division)
  const places = divide(place(), division)
  return grids.scales.map((grid, l) =>
    grids.graph.scope(`layer${l}/labels`, () => {
      const none = emptyLabels(grid, y.xy)
      const table = reshape(none, [product(none.shape.slice(0, 4)), none.shape[4] as number])
      return reshapeLike(scatterRows(table, places[l] as Value<'int64'>, rows[l] as Value<D>), none)
    }),
  )
}

function emptyLabels<D extends Real>({ extent, sizes }: Grid, like: Value<D>): Value<D> {
  const all = [sizes.b, sizes.h, sizes.w, extent.a, sizeOfDim(like.graph, extent.d) as number]
  return filled(vectorOf(like, all), shapeIn(labelAxes, extent), 0, like.dtype)
}

/** Labels in which everything of an image with a refused box is NaN, where that is asked for. */
export function marked<D extends Real>(
  labels: readonly Value<D>[],
  refusal: Refusal,
  { badBoxes }: LossConfig,
): readonly Value<D>[] {
  if (badBoxes === 'drop') return labels
  const sound = unsqueeze(equal(reduceSum(refusal.rows, { axes: [1] }), 0), [1, 2, 3, 4])
  return labels.map((y) => where(sound, y, Number.NaN))
}
