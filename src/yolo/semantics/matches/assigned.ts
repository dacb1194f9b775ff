import type { Real } from '../../../io/index.js'
import { tensorOf, type Value } from '../../../onnx/index.js'
import { and, equal, where } from '../../../onnx/logic.js'
import { gather } from '../../../onnx/select.js'
import { cast, squeeze, unsqueeze } from '../../../onnx/shape.js'
import type { Scale } from '../scale.js'
import type { Assigning, Places } from './assign.js'
import { indexOf } from './flat.js'
import type { Matches } from './match.js'
import { ways } from './ways/ways.js'

/** The matches of each scale, of boxes. */
export const assigned = (given: Assigning): Matches[] => {
  const { graph } = given.truth.box
  const places = graph.scope('assignment', () => ways[given.semantics.assignment](given))
  return given.scales.map((scale, l) =>
    graph.scope(`layer${l}/matches`, () => matched(scale, places[l] as Places, given)),
  )
}

/** Ways by which no two boxes ever go to the same row of predictions. */
const apart: readonly string[] = ['prior']

function matched<D extends Real>(scale: Scale<D>, places: Places, { truth, semantics }: Assigning): Matches<D> {
  const { taken, cell, slot, ofBoxes } = places
  const here = unsqueeze(taken, [2])
  const whole = where(here, cell, 0)
  const classes = classesOf(ofBoxes(truth.label), scale)
  const numbers = (v: Value<'float64'>, none: number): Value<D> => cast(where(here, ofBoxes(v), none), scale.dtype)
  return {
    exists: taken,
    index: indexOf(scale, whole, slot),
    cell: cast(whole, scale.dtype),
    anchor: gather(scale.anchorTable, cast(squeeze(slot, [2]), 'int64')),
    box: numbers(truth.box, 0.5),
    objectness: squeeze(numbers(truth.objectness, 0), [2]),
    classes: cast(and(classes, here), scale.dtype),
    distinct: apart.includes(semantics.assignment),
    everyRow: false,
  }
}

/** A bit for each class `[B, K, C]`. */
function classesOf(label: Value<'float64'>, { classes, graph }: Scale): Value<'bool'> {
  const numbers = graph.constant(tensorOf('float64', [classes], [...Array(classes).keys()]), 'classNumbers')
  return equal(label, numbers)
}
