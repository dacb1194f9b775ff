/**
 * Puts the loss behind a detector and takes it off again.
 * Every byte that is not ours stays what it was.
 */

export { adapter } from './adapt.js'
export { type Attached, type AttachOptions, attachLoss, opsetOf, refuseAttached } from './attach.js'
export { type Detached, type DetachOptions, detachLoss, keepsNoWeights, replaceLoss } from './detach.js'
export { fittedConfig } from './fit.js'
export { encodeAsFunction } from './function.js'
export { base64, hollow, type Kept } from './kept.js'
export { type Addition, link } from './link.js'
export { type Extras, merge } from './merge.js'
export { drawnHead } from './newheads/draw.js'
export { type NewHead, type NewHeadsOptions, newHeads, type Renewed } from './newheads/renew.js'
export { type InPieces, inPieces } from './pieces.js'
export { headRecord, readStepRecord, type StepRecord } from './record.js'
export { type FixedSizes, fixedByHeads } from './sizes.js'
export { type TrainingPlan, trainingPlan } from './training.js'
export type { Weights } from './weights.js'
export { checkTarget, writeModel } from './write.js'
