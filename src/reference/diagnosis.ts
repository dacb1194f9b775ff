import { at, type Cell, cellsOf, type Layer, layersOf } from './layer.js'
import type { OracleInput } from './types.js'

/** What explains a loss at one scale, counted by image `[B]`. */
export interface Diagnosis {
  /** Rows with an object. */
  readonly positives: Float64Array
  /** Those of which width or height is not above 0. */
  readonly zeroSize: Float64Array
  /** Those whose centre lies outside the cell of the label, as the labels' element type has it (S6). */
  readonly outside: Float64Array
  /** Logits that are NaN or infinite. */
  readonly nonFinite: Float64Array
  /** Image, row, column and anchor of the first row with such a logit; −1 four times where there is none. */
  readonly firstNonFinite: readonly number[]
}

/** Looks at all labels and logits of every scale. @throws RangeError if a shape contradicts the configuration. */
export const yoloDiagnoses = (input: OracleInput): Diagnosis[] => layersOf(input).map(diagnosisOf)

function diagnosisOf(layer: Layer): Diagnosis {
  const [positives, zeroSize, outside, nonFinite] = Array.from({ length: 4 }, () => new Float64Array(layer.batch)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const count = (by: Float64Array, { image }: Cell, n: number) => by.set([at(by, image) + n], image)
  let first: readonly number[] | undefined
  for (const cell of cellsOf(layer)) {
    const lost = nonFinites(layer, cell)
    count(nonFinite, cell, lost)
    if (lost > 0) first ??= [cell.image, cell.row, cell.column, cell.anchor]
    if (at(layer.labels, cell.at + 4) === 0) continue
    count(positives, cell, 1)
    count(zeroSize, cell, isSized(layer, cell) ? 0 : 1)
    count(outside, cell, isInCell(layer, cell) ? 0 : 1)
  }
  return { positives, zeroSize, outside, nonFinite, firstNonFinite: first ?? [-1, -1, -1, -1] }
}

function nonFinites({ logits, classes }: Layer, cell: Cell): number {
  let count = 0
  for (let entry = 0; entry < 5 + classes; entry++) if (!Number.isFinite(at(logits, cell.at + entry))) count++
  return count
}

const isSized = ({ labels }: Layer, cell: Cell): boolean => at(labels, cell.at + 2) > 0 && at(labels, cell.at + 3) > 0

/** 0 ≤ z < 1 along both axes; float32 labels are multiplied in float32, where y·g can round up to the border. */
function isInCell({ labels, columns, rows }: Layer, cell: Cell): boolean {
  const round = labels instanceof Float32Array ? Math.fround : (x: number) => x
  const z = [round(at(labels, cell.at) * columns) - cell.column, round(at(labels, cell.at + 1) * rows) - cell.row]
  return z.every((x) => x >= 0 && x < 1)
}
