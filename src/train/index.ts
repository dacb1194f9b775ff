/**
 * Models that train the heads of a detector by inference alone: forward, loss with gradient, update.
 * Graphs only; nothing is run here.
 */
export { type HeadTraining, headTraining } from './heads.js'
export { adam, type Optimizer, sgd } from './carried.js'
