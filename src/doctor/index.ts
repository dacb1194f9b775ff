/**
 * Looks at the machine: which libraries the CUDA provider wants, and which of them are there.
 * It also puts the provider of an archive where the runtime wants it.
 */
export { examine, type Finding } from './check.js'
export { setUpCuda } from './setup/setup.js'
export { thisSystem } from './system.js'
