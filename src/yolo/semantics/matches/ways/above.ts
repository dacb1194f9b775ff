import type { Value } from '../../../../onnx/index.js'
import { and, equal, greater, not } from '../../../../onnx/logic.js'
import { abs, matMul, reduceSum, sub } from '../../../../onnx/math.js'
import { slice } from '../../../../onnx/parts.js'
import { cast, squeeze, unsqueeze } from '../../../../onnx/shape.js'
import type { Scale } from '../../scale.js'
import type { Assign, Assigning, Places } from '../assign.js'
import { type Option, placesOf } from '../places.js'
import { before } from '../rank.js'
import { alike, bestAnchor } from './alike.js'

type Bool = Value<'bool'>

const either = (a: Bool, b: Bool): Bool => not(and(not(a), not(b)))

/** Whether each box is like enough to an anchor of a scale: `[B, T]` for each of them. */
function likeEnough(given: Assigning, { anchors }: Scale): Bool[] {
  const enough = greater(alike(given, anchors), given.semantics.assignAbove)
  return anchors.map((_, slot) => and(given.truth.exists, squeeze(slice(enough, `..., ${slot}:${slot + 1}`), [2])))
}

/** What is made of the best anchor of a box and those like enough to it. */
type Choose = (best: Bool, like: Bool, cell: Value<'float64'>) => Bool

const options = (given: Assigning, best: Value<'int64'>, choose: Choose): Places[] =>
  given.scales.map((scale, l) => {
    const cell = given.truth.cell(scale)
    const mask = given.masks[l] as readonly number[]
    const like = likeEnough(given, scale)
    return placesOf(
      scale.anchors.map((_, slot): Option => {
        const own = and(given.truth.exists, equal(best, mask[slot] as number))
        return { taken: choose(own, like[slot] as Bool, cell), cell, slot }
      }),
    )
  })

/** The best, and all that are like enough. */
export const bestAndAbove: Assign = (given) => options(given, bestAnchor(given), either)

/**
 * The same, but further anchors only where nothing was written before. Whatever wants a place first gets it, so that a
 * place is taken where an earlier box of the cell wants it, by whichever right.
 */
export const bestAndFree: Assign = (given) =>
  options(given, bestAnchor(given), (best, like, cell) =>
    either(best, and(like, not(wantedBefore(either(best, like), cell)))),
  )

/** Whether a box before wants the same cell `[B, T]`. */
function wantedBefore(wants: Bool, cell: Value<'float64'>): Bool {
  const apart = reduceSum(abs(sub(unsqueeze(cell, [2]), unsqueeze(cell, [1]))), { axes: [3] })
  const isSame = and(equal(apart, 0), before(wants)) // [B, T, T]
  const count = matMul(cast(isSame, 'float32'), cast(unsqueeze(wants, [2]), 'float32'))
  return greater(squeeze(count, [2]), 0)
}

/** All that are like enough, and no other. */
export const above: Assign = (given) =>
  given.scales.map((scale) => {
    const cell = given.truth.cell(scale)
    return placesOf(likeEnough(given, scale).map((taken, slot) => ({ taken, cell, slot })))
  })
