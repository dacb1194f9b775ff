import { type Box, iou, labelledBox, predictedBox } from './boxes.js'
import type { GradientOptions } from './gradients.js'
import { type Ignore, ignoreOf } from './ignore.js'
import { at, type Cell, cellAt, cellCount, cellsOf, type Layer, layersOf } from './layer.js'
import { eachTerm, forEachPartAt, type Terms, targetsOf } from './terms.js'
import type { OracleInput } from './types.js'

/** All that the loss has of one row. */
export interface RowDetail {
  /** Weighed, not divided. */
  readonly terms: Terms<number>
  /** Derivatives of the loss by its 5 + C logits, as `yoloLossGradients` has them. */
  readonly gradient: Float64Array
  readonly predicted: Box
  /** Of a row that holds an object. */
  readonly object?: {
    readonly truth: Box
    /** IoU of the predicted and the true box. */
    readonly iou: number
    /** z_x, z_y, z_w, z_h, NaN where guard mode leaves a size out. */
    readonly targets: readonly [number, number, number, number]
    /** s = 2 − w·h. */
    readonly scale: number
  }
}

/** The loss of a scale, row by row; arrays are `[B,h,w,A]`. */
export interface ScaleRows extends Ignore {
  /** Weighed, not divided. */
  readonly terms: Terms<Float64Array>
  /** Euclidean length of each row's derivatives. */
  readonly slope: Float64Array
  /** @param index flat, into `[B,h,w,A]` */
  detail(index: number): RowDetail
}

/**
 * The loss and its gradient row by row, in float64 (semantics 2 and 6): summed over rows, terms are those of `yoloLoss`
 * times weight and batch.
 *
 * @throws RangeError if a shape contradicts the configuration.
 */
export const yoloRows = (input: OracleInput, options: GradientOptions = {}): ScaleRows[] =>
  layersOf(input).map((layer, l) => scaleRows(layer, l, input.ignoreThreshold, options))

function scaleRows(layer: Layer, l: number, threshold: number, options: GradientOptions): ScaleRows {
  const ignore = ignoreOf(layer, threshold)
  const kept = { ...ignore, mask: options.masks?.[l] ?? ignore.mask }
  const size = cellCount(layer)
  const terms = eachTerm(() => new Float64Array(size))
  const slope = new Float64Array(size)
  for (const cell of cellsOf(layer)) {
    const squares = addRow(layer, kept.mask, cell, options, (term, value) => {
      terms[term][cell.index] = at(terms[term], cell.index) + value
    })
    slope[cell.index] = Math.sqrt(squares)
  }
  return { ...kept, terms, slope, detail: (index) => detailOf(layer, kept.mask, cellAt(layer, index), options) }
}

/** Tells the parts of a row. @returns the sum of its squared derivatives */
function addRow(
  layer: Layer,
  mask: Uint8Array,
  cell: Cell,
  { weights, divisor = layer.batch }: GradientOptions,
  add: (term: keyof Terms<number>, value: number, channel: number, slope: number) => void,
): number {
  let squares = 0
  forEachPartAt(layer, mask, cell, (term, _, { channel, value, slope }) => {
    const weight = weights?.[term] ?? 1
    const derivative = slope * (weight / divisor)
    squares += derivative * derivative
    add(term, value * weight, channel, derivative)
  })
  return squares
}

function detailOf(layer: Layer, mask: Uint8Array, cell: Cell, options: GradientOptions): RowDetail {
  const terms: Record<keyof Terms<number>, number> = { xy: 0, wh: 0, conf: 0, class: 0 }
  const gradient = new Float64Array(5 + layer.classes)
  addRow(layer, mask, cell, options, (term, value, channel, slope) => {
    terms[term] += value
    gradient[channel] = slope
  })
  const predicted = predictedBox(layer, cell)
  const isObject = at(layer.labels, cell.at + 4) !== 0
  return { terms, gradient, predicted, ...(isObject && { object: objectOf(layer, cell, predicted) }) }
}

function objectOf(layer: Layer, cell: Cell, predicted: Box): NonNullable<RowDetail['object']> {
  const truth = labelledBox(layer, cell)
  const { offset, logSize, scale } = targetsOf(layer, cell)
  const z = (wanted: number): number =>
    [...offset, ...logSize].find(({ channel }) => channel === wanted)?.z ?? Number.NaN
  return { truth, iou: iou(predicted, truth), targets: [z(0), z(1), z(2), z(3)], scale }
}
