/**
 * The only place that knows onnxruntime: providers, sessions, and runs in a process of their own.
 * It runs models of anybody, and knows nothing of YOLO.
 */
export { ProviderError, RuntimeMissingError } from './errors.js'
export { evaluate } from './evaluate.js'
export { checkFeeds, type Feeds } from './feeds.js'
export { defaultLimits, type Limits } from './isolation/child.js'
export { Isolate } from './isolation/isolate.js'
export { type Outcome, type Runner, runTask } from './isolation/task.js'
export { RemoteError } from './isolation/wire.js'
export { type PlacedNode, type Placement, providerNames } from './placement.js'
export type { Provider } from './provider.js'
export { evaluateModel, type Optimization, openSession, type Session, type SessionOptions } from './session.js'
