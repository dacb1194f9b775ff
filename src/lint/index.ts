/**
 * Says what of a model a runtime cannot run, or a trainer not derive, before anyone tries.
 * A table for each target.
 */
export type { Finding } from './finding.js'
export { type LintReport, lintGraph } from './lint.js'
export { targets } from './table.js'
