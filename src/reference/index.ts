/**
 * The oracle: the loss and its gradient in plain float64 loops, straight from the maths.
 * It imports nothing, so that it shares no mistake with the graph that it judges.
 */

export { type AssignInput, type Assignment, assignBoxes, type Written } from './assign.js'
export { type Box, iou, iouMargin, SIGMOID_ERROR, sigmoid } from './boxes.js'
export { type Diagnosis, yoloDiagnoses } from './diagnosis.js'
export { crossEntropy } from './entropy.js'
export { isUnrounded } from './exact.js'
export { type GradientOptions, type ScaleGradient, yoloLossGradients } from './gradients.js'
export { type DecodedHead, yoloHeads } from './head.js'
export { yoloIgnore } from './ignore.js'
export type { Grid, Terms } from './oracle.js'
export {
  type ImageSums,
  type LossOptions,
  type OracleInput,
  type OracleResult,
  type ScaleResult,
  yoloLoss,
} from './oracle.js'
export { sumBound, UNIT_ROUNDOFF } from './rounding.js'
export { type RowDetail, type ScaleRows, yoloRows } from './rows.js'
