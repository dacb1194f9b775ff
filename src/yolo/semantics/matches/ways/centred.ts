import { tensorOf, type Value } from '../../../../onnx/index.js'
import { and, equal, greater, not, where } from '../../../../onnx/logic.js'
import { add, argMax, div, min, reduceMax, sub } from '../../../../onnx/math.js'
import { concatAll, slice } from '../../../../onnx/parts.js'
import { cast, squeeze, transpose, unsqueeze } from '../../../../onnx/shape.js'
import { iou } from '../../../formulas/iou.js'
import { planes } from '../../planes.js'
import type { Scale } from '../../scale.js'
import type { Assign, Assigning } from '../assign.js'
import { placesOf } from '../places.js'

type F = Value<'float64'>

/** IoU of each box with the anchors of a scale that stand in the middle of its cell: `[B, T, A]` */
function overlaps({ truth }: Assigning, scale: Scale): F {
  const { graph } = scale
  const [S, g] = [cast(scale.S, 'float64'), cast(scale.sizes.g, 'float64')]
  const own = planes(unsqueeze(truth.box, [2])) // [2, B, T, 1]
  const centre = div(add(unsqueeze(truth.cell(scale), [2]), 0.5), g)
  const n = scale.anchors.length
  const sides = div(graph.constant(tensorOf('float64', [1, 1, n, 2], scale.anchors.flat()), 'anchors'), S)
  const prior = { xy: transpose(centre, [3, 0, 1, 2]), wh: transpose(sides, [3, 0, 1, 2]) }
  return squeeze(iou(own, prior), [0])
}

/** The anchors of a box, finest scale first; and where the best goes if none is enough. */
const centredIn =
  (fallback: (given: Assigning, cell: F) => F): Assign =>
  (given) => {
    const { scales, truth, semantics } = given
    const all = concatAll(
      scales.toReversed().map((scale) => overlaps(given, scale)),
      2,
    )
    const enough = greater(all, semantics.assignAbove) // [B, T, n]
    const some = greater(reduceMax(cast(enough, 'float32'), { axes: [2], keep: true }), 0) // [B, T, 1]
    const most = unsqueeze(argMax(all), [2])
    let first = all.shape[2] as number
    return scales.map((scale) => {
      first -= scale.anchors.length
      const own = truth.cell(scale)
      const cell = where(some, own, fallback(given, own))
      return placesOf(
        scale.anchors.map((_, slot) => {
          const at = first + slot
          const isMost = and(not(some), equal(most, at))
          const isEnough = slice(enough, `..., ${at}:${at + 1}`)
          const taken = and(truth.exists, squeeze(not(and(not(isEnough), not(isMost))), [2]))
          return { taken, cell, slot }
        }),
      )
    })
  }

/** Anchors stand in the middle of the cell of the centre. */
export const centred: Assign = centredIn((_, cell) => cell)

/** The best stands in a column and row that the coarsest grid has. */
export const centredCoarsely: Assign = centredIn(({ scales }, cell) => {
  const [{ sizes }] = scales as readonly [Scale]
  return min(cell, sub(cast(sizes.g, 'float64'), 1))
})
