import { tensorOf, type Value } from '../../../../onnx/index.js'
import { and, greater, less } from '../../../../onnx/logic.js'
import { add, div, floor, max, min, mul, reduceMax, sub } from '../../../../onnx/math.js'
import { slice } from '../../../../onnx/parts.js'
import { cast, squeeze } from '../../../../onnx/shape.js'
import type { Scale } from '../../scale.js'
import type { Assign, Assigning } from '../assign.js'
import { placesOf } from '../places.js'

type F = Value<'float64'>
type Bool = Value<'bool'>

/** A centre closer to the border of its cell than this is looked for beyond it too, in cells. */
const reach = 0.5

/** Along which axis a centre is moved, and which way: nowhere, left, up, right, down. */
const moves = [undefined, [0, -1], [1, -1], [0, 1], [1, 1]] as const

/** Every anchor of comparable size, in the cell of the centre and across its nearest borders; written move by move. */
export const ratio: Assign = (given) =>
  given.scales.map((scale) => {
    const comparable = scale.anchors.map((anchor) => isComparable(given, scale, anchor))
    return placesOf(
      moves.flatMap((move) => {
        const { near, cell } = moved(given, scale, move)
        return comparable.map((fits, slot) => ({ taken: near ? and(fits, near) : fits, cell, slot }))
      }),
    )
  })

function isComparable({ truth, semantics }: Assigning, { S, graph }: Scale, anchor: readonly number[]): Bool {
  const sides = mul(slice(truth.box, '..., 2:4'), cast(S, 'float64'))
  const times = div(sides, graph.constant(tensorOf('float64', [2], anchor)))
  const most = reduceMax(max(times, div(1, times)), { axes: [2] })
  return and(truth.exists, less(most, semantics.assignRatio))
}

/** The cells of moved centres, and whether they are near that border with a cell beyond it. */
function moved({ truth }: Assigning, { sizes, graph }: Scale, move: (typeof moves)[number]): { near?: Bool; cell: F } {
  const g = cast(sizes.g, 'float64')
  const position = mul(slice(truth.box, '..., 0:2'), g)
  const step = [0, 0]
  if (move) step[move[0]] = move[1] * reach
  const to = floor(move ? add(position, graph.constant(tensorOf('float64', [2], step))) : position)
  const cell = min(max(to, 0), sub(g, 1))
  if (!move) return { cell }
  const [axis, way] = move
  const inside = slice(way < 0 ? position : sub(g, position), `..., ${axis}:${axis + 1}`)
  const near = and(less(sub(inside, floor(inside)), reach), greater(inside, 1))
  return { near: squeeze(near, [2]), cell }
}
