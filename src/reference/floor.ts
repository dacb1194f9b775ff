import { leastCrossEntropy } from './entropy.js'
import { at, cellsOf, type Layer } from './layer.js'
import { targetsOf } from './terms.js'

/**
 * The least value the terms of a scale can take over all logits, undivided (semantics 5).
 *
 * Soft labels leave their entropy: xy keeps o·s·H(z) per coordinate, classes o·H(y), wh nothing. The best logits put
 * the box onto the truth, whose IoU is 1: its own cell is ignored for θ ≤ 1 and confidence keeps o·H(o), else H(o).
 * −∞ where a label leaves [0,1] or a weight is negative, +∞ for a box without width or height (S9).
 */
export function entropyFloor(layer: Layer, threshold: number): number {
  let floor = 0
  for (const cell of cellsOf(layer)) {
    const o = at(layer.labels, cell.at + 4)
    if (o === 0) continue
    const { scale: s, offset, logSize } = targetsOf(layer, cell)
    for (const { z, error } of offset) floor += leastCrossEntropy(o * s, settle(z, error))
    for (const { z } of logSize) floor += leastSquare(o * s, z)
    floor += leastCrossEntropy(threshold <= 1 ? o : 1, o)
    for (let c = 5; c < 5 + layer.classes; c++) floor += leastCrossEntropy(o, at(layer.labels, cell.at + c))
  }
  return floor
}

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
