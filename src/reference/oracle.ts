import { entropyFloor } from './floor.js'
import { ignoreOf } from './ignore.js'
import { at, type Layer, layersOf } from './layer.js'
import type { OracleResult, ScaleResult } from './result.js'
import { eachTerm, type Terms, termNames, termsOf } from './terms.js'
import type { OracleInput } from './types.js'

export { type Box, type GridSize, iou, iouMargin } from './boxes.js'
export type { OracleResult, ScaleResult } from './result.js'
export type { Terms } from './terms.js'
export type { Grid, OracleInput } from './types.js'

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
export function yoloLoss(input: OracleInput): OracleResult {
  const scales = layersOf(input).map((layer) => scaleResult(layer, input.ignoreThreshold))
  const sum = (of: (scale: ScaleResult) => number) => scales.reduce((total, scale) => total + of(scale), 0)
  const images = scales[0]?.perImage.xy.length ?? 0
  return {
    loss: sum((scale) => addUp(scale)),
    bound: sum((scale) => addUp(scale.bound)),
    entropyFloor: sum((scale) => scale.entropyFloor),
    scales,
    perImage: {
      loss: Float64Array.from({ length: images }, (_, b) =>
        sum((s) => addUp(eachTerm((name) => at(s.perImage[name], b)))),
      ),
    },
  }
}

function scaleResult(layer: Layer, threshold: number): ScaleResult {
  const ignore = ignoreOf(layer, threshold)
  const terms = termsOf(layer, ignore.mask)
  return {
    ...eachTerm((name) => terms[name].total / layer.batch),
    ignore: ignore.mask.reduce((sum, kappa) => sum + kappa, 0),
    positives: countPositives(layer),
    ignoreMask: ignore.mask,
    bestIou: ignore.bestIou,
    iouMargin: ignore.margin,
    entropyFloor: entropyFloor(layer, threshold) / layer.batch,
    bound: eachTerm((name) => terms[name].bound / layer.batch),
    perImage: eachTerm((name) => terms[name].perImage),
  }
}

/** Rows with o ≠ 0; NaN counts, as a cast to bool does (S8). */
function countPositives({ labels, classes }: Layer): number {
  let count = 0
  for (let i = 4; i < labels.length; i += 5 + classes) if (at(labels, i) !== 0) count++
  return count
}

const addUp = (terms: Terms<number>): number => termNames.reduce((total, name) => total + terms[name], 0)
