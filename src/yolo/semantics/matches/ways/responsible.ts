import { tensorOf, type Value } from '../../../../onnx/index.js'
import { and, equal, greater, where } from '../../../../onnx/logic.js'
import { add, argMax, div, mul, neg, reduceMax, reduceSum, sqrt, sub } from '../../../../onnx/math.js'
import { concat, concatAll, split } from '../../../../onnx/parts.js'
import { cast, squeeze, unsqueeze } from '../../../../onnx/shape.js'
import { iou } from '../../../formulas/iou.js'
import { decodes, wideningOf } from '../../decode.js'
import { planes } from '../../planes.js'
import { logitsAt, type Scale } from '../../scale.js'
import type { Assign, Assigning } from '../assign.js'
import { indexOf } from '../flat.js'
import { placesOf, slotsOf } from '../places.js'

type F = Value<'float64'>

/** Of the predictors of the cell of a box, at all scales, the one whose box overlaps it most. */
export const responsible: Assign = (given) => {
  const { scales, truth } = given
  const predicted = scales.flatMap((scale) => scale.anchors.map((_, slot) => predictedAt(given, scale, slot)))
  const own = planes(truth.box) // [2, B, T]
  const row = (of: (box: F) => F) => concatAll(predicted.map((box) => unsqueeze(of(box), [2])), 2) // biome-ignore format: one line
  const overlaps = row((box) => squeeze(iou(planes(box), own), [0]))
  const errors = row((box) => distance(box, truth.box))
  const some = greater(reduceMax(overlaps, { axes: [2], keep: true }), 0)
  const choice = argMax(where(some, overlaps, neg(errors))) // [B, T]
  let first = 0
  return scales.map((scale) => {
    const numbers = slotsOf(scale).map((slot) => first + slot)
    first += numbers.length
    const own = scale.graph.constant(tensorOf('int64', [numbers.length, 1], numbers))
    const taken = and(equal(unsqueeze(choice, [1]), own), unsqueeze(truth.exists, [1]))
    return placesOf({ taken, cell: unsqueeze(truth.cell(scale), [1]), slots: slotsOf(scale) })
  })
}

function distance(a: F, b: F): F {
  const d = sub(a, b)
  return sqrt(reduceSum(mul(d, d), { axes: [2] }))
}

/** What an anchor predicts in the cell of each box, in fractions of the input `[B, T, 4]`. */
function predictedAt({ truth, semantics }: Assigning, scale: Scale, slot: number): F {
  const { sizes, S, l, scales, classes, graph } = scale
  const cell = truth.cell(scale)
  const place = where(unsqueeze(truth.exists, [2]), graph.scalar(slot, 'float64'), 0)
  const t = cast(logitsAt(scale, indexOf(scale, cell, place)), 'float64')
  const [xy, wh] = split(t, [2, 2, 1 + classes], 2)
  const decode = decodes[semantics.decode]
  const centre = decode.centre(xy, wideningOf(semantics, l, scales))
  const anchor = graph.constant(tensorOf('float64', [2], scale.anchors[slot] as readonly number[]))
  return concat([
    div(add(centre, cell), cast(sizes.g, 'float64')),
    decode.size(wh, div(anchor, cast(S, 'float64'))),
  ], 2) // biome-ignore format: one box
}
