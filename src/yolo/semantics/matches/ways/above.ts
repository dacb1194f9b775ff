import { tensorOf, type Value } from '../../../../onnx/index.js'
import { and, equal, greater, not } from '../../../../onnx/logic.js'
import { abs, matMul, reduceSum, sub } from '../../../../onnx/math.js'
import { cast, transpose, unsqueeze } from '../../../../onnx/shape.js'
import type { Scale } from '../../scale.js'
import type { Assign, Assigning, Places } from '../assign.js'
import { placesOf, slotsOf } from '../places.js'
import { before } from '../rank.js'
import { alike, bestAnchor } from './alike.js'

type Bool = Value<'bool'>

const either = (a: Bool, b: Bool): Bool => not(and(not(a), not(b)))

/** Whether boxes are like enough to the anchors of a scale `[B, A, T]`. */
function likeEnough(given: Assigning, { anchors }: Scale): Bool {
  const enough = greater(transpose(alike(given, anchors), [0, 2, 1]), given.semantics.assignAbove)
  return and(enough, unsqueeze(given.truth.exists, [1]))
}

/** What is made of the best anchor of a box and those like enough to it, `[B, A, T]` each; cells are `[B, T, 2]`. */
type Choose = (best: Bool, like: Bool, cell: Value<'float64'>) => Bool

const chosen = (given: Assigning, best: Value<'int64'>, choose: Choose): Places[] =>
  given.scales.map((scale, l) => {
    const { truth, masks } = given
    const cell = truth.cell(scale)
    const mask = masks[l] as readonly number[]
    const own = scale.graph.constant(tensorOf('int64', [mask.length, 1], mask), 'mask')
    const isBest = and(equal(unsqueeze(best, [1]), own), unsqueeze(truth.exists, [1]))
    const taken = choose(isBest, likeEnough(given, scale), cell)
    return placesOf({ taken, cell: unsqueeze(cell, [1]), slots: slotsOf(scale) })
  })

/** The best, and all that are like enough. */
export const bestAndAbove: Assign = (given) => chosen(given, bestAnchor(given), either)

/**
 * The same, but further anchors only where nothing was written before. Whatever wants a place first gets it, so that a
 * place is taken where an earlier box of the cell wants it, by whichever right.
 */
export const bestAndFree: Assign = (given) =>
  chosen(given, bestAnchor(given), (best, like, cell) =>
    either(best, and(like, not(wantedBefore(either(best, like), cell)))),
  )

/** Whether a box before wants the same place `[B, A, T]`. */
function wantedBefore(wants: Bool, cell: Value<'float64'>): Bool {
  const apart = reduceSum(abs(sub(unsqueeze(cell, [1]), unsqueeze(cell, [2]))), { axes: [3] })
  // [B, T, T], true at (s, t) where s stands before t in one cell with it.
  const isSame = and(equal(apart, 0), transpose(before(cell), [1, 0]))
  return greater(matMul(cast(wants, 'float32'), cast(isSame, 'float32')), 0)
}

/** All that are like enough, and no other. */
export const above: Assign = (given) =>
  given.scales.map((scale) =>
    placesOf({
      taken: likeEnough(given, scale),
      cell: unsqueeze(given.truth.cell(scale), [1]),
      slots: slotsOf(scale),
    }),
  )
