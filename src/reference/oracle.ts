import { entropyFloors } from './floor.js'
import { ignoreOf } from './ignore.js'
import { at, type Layer, layersOf } from './layer.js'
import type { ImageSums, OracleResult, ScaleResult } from './result.js'
import type { Tally } from './rounding.js'
import { eachTerm, type Terms, termNames, termsOf } from './terms.js'
import type { OracleInput } from './types.js'

export { type Box, type GridSize, iou, iouMargin } from './boxes.js'
export type { ImageSums, OracleResult, ScaleResult } from './result.js'
export type { Terms } from './terms.js'
export type { Grid, OracleInput } from './types.js'

/** What may be asked of the oracle beside the loss of its input. */
export interface LossOptions {
  /** κ of each scale `[B,h,w,A]` in place of the one the logits give. */
  readonly masks?: readonly Uint8Array[] | undefined
  /** Whether float32 arithmetic rounds as IEEE 754 has it, division and σ(0) included; default true. */
  readonly ieee?: boolean | undefined
}

/**
 * The YOLO v3 loss in float64, by plain loops over the formulas (`yolo_loss` of keras-yolo3; semantics 2, S1–S16 and S18–S21).
 *
 * Reads the tensors as they are: float32 inputs are exact in float64, and only what the graph rounds on the way differs.
 *
 *     L = Σ_l (xy_l + wh_l + conf_l + cls_l),   each the sum over everything divided by the batch (S21)
 *
 * Rows without an object add nothing to xy, wh and cls, whatever their logits. An empty batch gives NaN, as 0/0 does.
 *
 * @throws RangeError if a shape contradicts the configuration.
 */
export function yoloLoss(input: OracleInput, options: LossOptions = {}): OracleResult {
  const scales = layersOf(input).map((layer, l) => scaleResult(layer, l, input.ignoreThreshold, options))
  const sum = (of: (scale: ScaleResult) => number) => scales.reduce((total, scale) => total + of(scale), 0)
  const images = scales[0]?.perImage.xy.values.length ?? 0
  return {
    loss: sum((scale) => addUp(scale)),
    bound: sum((scale) => addUp(scale.bound)),
    entropyFloor: sum((scale) => scale.entropyFloor),
    scales,
    perImage: {
      loss: Float64Array.from({ length: images }, (_, b) =>
        sum((s) => addUp(eachTerm((name) => at(s.perImage[name].values, b)))),
      ),
    },
  }
}

function scaleResult(layer: Layer, l: number, threshold: number, { masks, ieee }: LossOptions): ScaleResult {
  const ignore = ignoreOf(layer, threshold, ieee)
  const mask = masks?.[l] ?? ignore.mask
  const terms = termsOf(layer, mask)
  const { floors, all } = entropyFloors(layer, threshold)
  return {
    ...eachTerm((name) => terms[name].total / layer.batch),
    ignore: mask.reduce((sum, kappa) => sum + kappa, 0),
    positives: countPositives(layer),
    ignoreMask: mask,
    bestIou: ignore.bestIou,
    iouLow: ignore.low,
    iouHigh: ignore.high,
    entropyFloor: all / layer.batch,
    bound: eachTerm((name) => terms[name].bound / layer.batch),
    perImage: sumsOf(terms),
    perImageFloor: sumsOf(floors),
  }
}

const sumsOf = (tallies: Terms<Tally>): Terms<ImageSums> =>
  eachTerm((name) => ({ values: tallies[name].perImage, bounds: tallies[name].perImageBound }))

/** Rows with o ≠ 0; NaN counts, as a cast to bool does (S8). */
function countPositives({ labels, classes }: Layer): number {
  let count = 0
  for (let i = 4; i < labels.length; i += 5 + classes) if (at(labels, i) !== 0) count++
  return count
}

const addUp = (terms: Terms<number>): number => termNames.reduce((total, name) => total + terms[name], 0)
