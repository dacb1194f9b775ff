import type { Value } from '../../../onnx/index.js'
import { and, equal, greater, less, not, where } from '../../../onnx/logic.js'
import { abs, floor, max, reduceSum } from '../../../onnx/math.js'
import { concat, slice, split } from '../../../onnx/parts.js'
import { cast, squeeze, unsqueeze } from '../../../onnx/shape.js'
import type { Semantics } from '../../../reference/semantics/records.js'
import { boxNumbers } from '../../config/vocabulary.js'
import type { Scale } from '../scale.js'
import { readings } from './pixels.js'

type F = Value<'float64'>

/**
 * The boxes of images, in float64: to which cell and anchor a box goes must not depend on what the loss is calculated in,
 * and they are few.
 */
export interface TrueBoxes {
  /** `[B, T]` */
  readonly exists: Value<'bool'>
  /** x y w h, fractions of the input `[B, T, 4]`; ½ ½ ½ ½ where there is none. */
  readonly box: F
  /** Corners as given `[B, T, 4]`, 0 where there is no box. */
  readonly corners: F
  /** The class `[B, T, 1]`, and the objectness `[B, T, 1]`. */
  readonly label: F
  readonly objectness: F
  /** 1 for each row that looks like a box and is none `[B, T]`. */
  readonly refused: Value<'float32'>
  /** Column and row of the cell of the centre `[B, T, 2]`. */
  readonly cell: (scale: Scale) => F
}

/** Whether something holds all along the last axis: `[…, k] → […]` */
const allHold = (holds: Value<'bool'>): Value<'bool'> =>
  equal(reduceSum(cast(not(holds), 'float32'), { axes: [holds.shape.length - 1] }), 0)

const either = (a: Value<'bool'>, b: Value<'bool'>): Value<'bool'> => not(and(not(a), not(b)))

const isInside = (box: F): Value<'bool'> => {
  const xy = slice(box, '..., 0:2')
  return allHold(and(not(less(xy, 0)), less(xy, 1)))
}

const hasSize = (box: F, flat: boolean): Value<'bool'> =>
  allHold(greater(slice(box, flat ? '..., 2:3' : '..., 2:4'), 0))

/** Reads boxes `[B, T, 5]`, or `[B, T, 6]` with an objectness, in pixels of the network input. */
export function trueBoxes(boxes: Value<'float32'>, [first]: readonly Scale[], semantics: Semantics): TrueBoxes {
  const { graph, classes, S: size } = first as Scale
  return graph.scope('boxes', () => {
    const all = cast(boxes, 'float64')
    const parts = boxes.shape[2] === boxNumbers ? [2, 2, 1] : [2, 2, 1, 1]
    const [near, far, given, weight] = split(all, parts, 2) as [F, F, F, F?]
    const corners = { near, far, S: cast(size, 'float64') }
    const reading = readings[semantics.pixels]
    const box = reading.box(corners)
    const finite = allHold(less(abs(all), Number.POSITIVE_INFINITY))
    const label = floor(max(given, 0))
    const weighs = weight ? not(equal(squeeze(weight, [2]), 0)) : finite
    const classed = allHold(and(greater(given, -1), less(label, classes)))
    const exists = and(and(and(finite, weighs), classed), and(isInside(box), hasSize(box, reading.flat)))
    const narrow = not(greater(squeeze(slice(box, '..., 2:3'), [2]), 0))
    const refused = and(not(exists), not(and(finite, either(narrow, not(weighs)))))
    const here = (v: F, none: number) => where(unsqueeze(exists, [2]), v, none)
    const own = here(box, 0.5)
    const xy = slice(own, '..., 0:2')
    return {
      exists,
      box: own,
      corners: here(concat([near, far], 2), 0),
      label: here(label, 0),
      objectness: weight ? here(weight, 0) : cast(unsqueeze(exists, [2]), 'float64'),
      refused: cast(refused, 'float32'),
      cell: ({ sizes }) => where(unsqueeze(exists, [2]), reading.cell(xy, corners, cast(sizes.g, 'float64')), 0),
    }
  })
}
