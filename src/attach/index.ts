/**
 * Puts the loss behind a detector and takes it off again.
 * Every byte that is not ours stays what it was.
 */

export { type Attached, type AttachOptions, attachLoss } from './attach.js'
export { type Detached, detachLoss, replaceLoss } from './detach.js'
export { encodeAsFunction } from './function.js'
export { type TrainingPlan, trainingPlan } from './training.js'
export { checkTarget, writeModel } from './write.js'
