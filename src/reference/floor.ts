import { leastCrossEntropy } from './entropy.js'
import { at, cellsOf, type Layer } from './layer.js'
import { Tally, UNIT_ROUNDOFF as u } from './rounding.js'
import { eachTerm, type Terms, targetsOf } from './terms.js'

/** The floor of each term, and of all together. */
interface Floors {
  readonly floors: Terms<Tally>
  readonly all: number
}

/**
 * The least value that each term of a scale can take over all logits, undivided (semantics 5).
 *
 * Soft labels leave their entropy: xy keeps o·s·H(z) per coordinate, classes o·H(y), wh nothing. The best logits put
 * the box onto the truth, whose IoU is 1: its own cell is ignored for θ ≤ 1 and confidence keeps o·H(o), else H(o).
 * −∞ where a label leaves [0,1] or a weight is negative, +∞ for a box without width or height (S9).
 */
export function entropyFloors(layer: Layer, threshold: number): Floors {
  const floors = eachTerm(() => new Tally(layer.batch))
  let all = 0
  for (const cell of cellsOf(layer)) {
    const o = at(layer.labels, cell.at + 4)
    if (o === 0) continue
    const { scale: s, scaleError, offset, logSize } = targetsOf(layer, cell)
    const add = (term: keyof typeof floors, value: number, slack = 0) => {
      floors[term].add(cell.image, value, Math.abs(value), Number.isFinite(value) ? slack : 0)
      all += value
    }
    for (const { z, error } of offset) {
      const H = leastCrossEntropy(1, settle(z, error))
      add(
        'xy',
        leastCrossEntropy(o * s, settle(z, error)),
        Math.abs(o * s) * stray(z, error, H) + Math.abs(o * H) * scaleError,
      )
    }
    for (const { z } of logSize) add('wh', leastSquare(o * s, z))
    add('conf', leastCrossEntropy(threshold <= 1 ? o : 1, o), stray(o, u, leastCrossEntropy(1, o)))
    for (let c = 5; c < 5 + layer.classes; c++) {
      const y = at(layer.labels, cell.at + c)
      add('class', leastCrossEntropy(o, y), Math.abs(o) * stray(y, u, leastCrossEntropy(1, y)))
    }
  }
  return { floors, all }
}

/** How far the entropy H(z) moves when z does by its error; it is steepest at the borders. */
const stray = (z: number, error: number, H: number): number =>
  Math.max(...[z - error, z + error].map((x) => Math.abs(leastCrossEntropy(1, Math.min(Math.max(x, 0), 1)) - H)))

/** A target that only rounding took out of [0,1] stands for the border itself. */
const settle = (z: number, error: number): number => {
  const border = z < 0 ? 0 : 1
  return (z < 0 || z > 1) && Math.abs(z - border) <= error ? border : z
}

/** Greatest lower bound of weight·½·(z − t)² over all finite t. */
const leastSquare = (weight: number, z: number): number => {
  if (!Number.isFinite(z)) return weight * z * z
  return weight < 0 ? Number.NEGATIVE_INFINITY : 0
}
