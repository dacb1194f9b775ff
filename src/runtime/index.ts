/**
 * The only place that knows onnxruntime: providers, what they want of the machine, sessions, and runs in a process of their own.
 * It runs models of anybody, and knows nothing of YOLO.
 */
export { examine, type Finding } from './doctor/check.js'
export { setUpCuda } from './doctor/setup/setup.js'
export { thisSystem } from './doctor/system.js'
export { isGeneral, ProviderError, RuntimeMissingError } from './errors.js'
export { type EvaluateOptions, evaluate } from './evaluate.js'
export { checkFeeds, type Feeds } from './feeds.js'
export { type Installed, installedRuntime } from './installed.js'
export { defaultLimits, type Limits, limitRanges } from './isolation/child.js'
export { isolated, runOnce } from './isolation/isolate.js'
export { type Outcome, type Runner, runTask } from './isolation/task.js'
export { evaluateNamed, type NamedSession, openNamed } from './named.js'
export type { PlacedNode, Placement } from './placement.js'
export { type Provider, providerNames, providers } from './providers/all.js'
export { cudaLibraries } from './providers/cuda.js'
export * from './session.js'
