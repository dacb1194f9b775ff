/**
 * Models that train by inference alone: a whole detector in one, forward, loss, backward and update; or its heads in
 * three, or one.
 * Graphs only; nothing is run here.
 */

export { adam, type Optimizer, sgd } from './carried.js'
export { type HeadTraining, headTraining } from './heads.js'
export { lintTraining, type TrainingLint, type TrainingLintOptions, type TrainingMemory } from './lint/lint.js'
export type { Untrained } from './lint/untrained.js'
export { type OptimizerName, optimizerNames, type Settings } from './optimizers/rules.js'
export type { UpdateModel } from './step/apart.js'
export type { StepOptions } from './step/options.js'
export { describeStep, type StepDescription } from './step/record.js'
export { type TrainingStep, trainingStep } from './step/step.js'
