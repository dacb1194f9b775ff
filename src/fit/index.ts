/**
 * Teaches a detector by its training step, on images and boxes, and shows what it finds in images afterwards.
 * It runs what the other wings make, and makes no graph of its own.
 */

export {
  type Checkpoint,
  differing,
  logBeside,
  parseLog,
  putCheckpoint,
  readCheckpoint,
} from './checkpoint.js'
export type { Complain, DataSet } from './data.js'
export { type LogLine, numberOf, type Settings, type Told, told, type Validation } from './log/line.js'
export { readLog } from './log/read.js'
export { type Place, stepIn, type Training, train, type Values, type Watch } from './loop.js'
export { type OpenStep, openStep } from './opened.js'
export type { Found } from './predict/found.js'
export { type Asked, Predictor } from './predict/predictor.js'
export { type Schedule, scheduleNames } from './rates.js'
export { validated } from './validation.js'
