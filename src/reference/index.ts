/**
 * The oracle: the loss and its gradient in plain float64 loops, straight from the maths.
 * It imports nothing, so that it shares no mistake with the graph that it judges.
 */
export { crossEntropy } from './entropy.js'
export { type GradientOptions, type ScaleGradient, yoloLossGradients } from './gradients.js'
export { type OracleInput, type OracleResult, type ScaleResult, yoloLoss } from './oracle.js'
export { sumBound } from './rounding.js'
