/**
 * Models that train the heads of a detector by inference alone: forward, loss with gradient, update.
 * Graphs only; nothing is run here.
 */

export { adam, type Optimizer, sgd } from './carried.js'
export { type HeadTraining, headTraining } from './heads.js'
export { type OptimizerName, optimizerNames, type Settings } from './optimizers/rules.js'
export type { StepOptions } from './step/options.js'
export { type TrainingStep, trainingStep } from './step/step.js'
