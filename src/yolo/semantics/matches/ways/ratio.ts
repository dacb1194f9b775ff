import { type Dim, tensorOf, type Value } from '../../../../onnx/index.js'
import { and, greater, less } from '../../../../onnx/logic.js'
import { add, div, floor, max, min, mul, reduceMax, sub } from '../../../../onnx/math.js'
import { concat, slice } from '../../../../onnx/parts.js'
import { cast, reshape, transpose, unsqueeze } from '../../../../onnx/shape.js'
import type { Scale } from '../../scale.js'
import type { Assign, Assigning } from '../assign.js'
import { placesOf, slotsOf } from '../places.js'

type F = Value<'float64'>
type Bool = Value<'bool'>

/** A centre closer to the border of its cell than this is looked for beyond it too, in cells. */
const reach = 0.5

/** How far a centre is moved: nowhere, left, up, right, down. */
const moves = [
  [0, 0],
  [-reach, 0],
  [0, -reach],
  [reach, 0],
  [0, reach],
] as const

/** Every anchor of comparable size, in the cell of the centre and across its nearest borders; written move by move. */
export const ratio: Assign = (given) =>
  given.scales.map((scale) => {
    const { near, cell } = moved(given, scale)
    const [count, A] = [moves.length, scale.anchors.length]
    const fits = and(unsqueeze(near, [2]), unsqueeze(comparable(given, scale), [1])) // [B, 5, A, T]
    const [B, , , T] = fits.shape as readonly [Dim, Dim, Dim, Dim]
    const nothing = scale.graph.constant(tensorOf('float64', [A, 1, 1], Array<number>(A).fill(0)), 'nothing')
    return placesOf({
      taken: reshape(fits, [B, count * A, T]),
      cell: reshape(add(unsqueeze(cell, [2]), nothing), [B, count * A, T, 2]),
      slots: moves.flatMap(() => slotsOf(scale)),
    })
  })

/** Whether boxes are neither so many times larger nor smaller than the anchors `[B, A, T]`. */
function comparable({ truth, semantics }: Assigning, { S, graph, anchors }: Scale): Bool {
  const sides = mul(slice(truth.box, '..., 2:4'), cast(S, 'float64'))
  const own = graph.constant(tensorOf('float64', [anchors.length, 1, 2], anchors.flat()), 'anchors')
  const times = div(unsqueeze(sides, [1]), own)
  const most = reduceMax(max(times, div(1, times)), { axes: [3] })
  return and(less(most, semantics.assignRatio), unsqueeze(truth.exists, [1]))
}

/** The cells of moved centres `[B, 5, T, 2]`, and whether they are near that border with a cell beyond it `[B, 5, T]`. */
function moved({ truth }: Assigning, { sizes, graph }: Scale): { readonly near: Bool; readonly cell: F } {
  const g = cast(sizes.g, 'float64')
  const position = unsqueeze(mul(slice(truth.box, '..., 0:2'), g), [1]) // [B, 1, T, 2]
  const steps = graph.constant(tensorOf('float64', [moves.length, 1, 2], moves.flat()), 'moves')
  const cell = min(max(floor(add(position, steps)), 0), sub(g, 1))
  const inside = concat([position, sub(g, position)], 1) // [B, 2, T, 2]: from the left and upper border, from the others
  const isNear = and(less(sub(inside, floor(inside)), reach), greater(inside, 1))
  const [B, , T] = isNear.shape as readonly [Dim, Dim, Dim]
  const across = reshape(transpose(isNear, [0, 1, 3, 2]), [B, moves.length - 1, T])
  return { near: concat([unsqueeze(truth.exists, [1]), across], 1), cell }
}
