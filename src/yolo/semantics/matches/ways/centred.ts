import { tensorOf, type Value } from '../../../../onnx/index.js'
import { and, equal, greater, not, where } from '../../../../onnx/logic.js'
import { add, argMax, div, min, reduceMax, sub } from '../../../../onnx/math.js'
import { concatAll, split } from '../../../../onnx/parts.js'
import { cast, squeeze, transpose, unsqueeze } from '../../../../onnx/shape.js'
import { iou } from '../../../formulas/iou.js'
import { planes } from '../../planes.js'
import type { Scale } from '../../scale.js'
import type { Assign, Assigning } from '../assign.js'
import { placesOf, slotsOf } from '../places.js'

type F = Value<'float64'>

/** IoU of each box with the anchors of a scale that stand in the middle of its cell: `[B, A, T]` */
function overlaps({ truth }: Assigning, scale: Scale): F {
  const { graph } = scale
  const [S, g] = [cast(scale.S, 'float64'), cast(scale.sizes.g, 'float64')]
  const own = planes(unsqueeze(truth.box, [1])) // [2, B, 1, T]
  const centre = div(add(unsqueeze(truth.cell(scale), [1]), 0.5), g)
  const n = scale.anchors.length
  const sides = div(graph.constant(tensorOf('float64', [1, n, 1, 2], scale.anchors.flat()), 'anchors'), S)
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
      1,
    )
    const enough = greater(all, semantics.assignAbove) // [B, n, T]
    const some = greater(reduceMax(cast(enough, 'float32'), { axes: [1], keep: true }), 0) // [B, 1, T]
    const most = unsqueeze(argMax(transpose(all, [0, 2, 1])), [1])
    const numbers = truth.box.graph.constant(
      tensorOf('int64', [all.shape[1] as number, 1], [...Array(all.shape[1]).keys()]),
    )
    const chosen = and(either(enough, and(not(some), equal(most, numbers))), unsqueeze(truth.exists, [1]))
    const parts = split(chosen, scales.toReversed().map(({ anchors }) => anchors.length), 1).toReversed() // biome-ignore format: one line
    return scales.map((scale, l) => {
      const own = truth.cell(scale)
      const cell = where(unsqueeze(some, [3]), unsqueeze(own, [1]), unsqueeze(fallback(given, own), [1]))
      return placesOf({ taken: parts[l] as Value<'bool'>, cell, slots: slotsOf(scale) })
    })
  }

const either = (a: Value<'bool'>, b: Value<'bool'>): Value<'bool'> => not(and(not(a), not(b)))

/** Anchors stand in the middle of the cell of the centre. */
export const centred: Assign = centredIn((_, cell) => cell)

/** The best stands in a column and row that the coarsest grid has. */
export const centredCoarsely: Assign = centredIn(({ scales }, cell) => {
  const [{ sizes }] = scales as readonly [Scale]
  return min(cell, sub(cast(sizes.g, 'float64'), 1))
})
