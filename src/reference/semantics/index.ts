/**
 * What YOLO v3's loss is called by its implementations: rules, profiles of rules, and the loss by any of them in float64.
 * Shares nothing with the graph, as the reference beside it.
 */
export type { SemanticsInput } from './cells/input.js'
export { compareSemantics, type SemanticsDifference } from './compare/compare.js'
export { Comparison } from './identify/compare.js'
export { type FirstDifference, firstDifference } from './identify/first.js'
export { type Observed, resultNames, subjectOf } from './identify/observed.js'
export { differences, type Group, type Identification, type IdentifyOptions, identify } from './identify/verdict.js'
export { Evaluator, type Outcome, type ScaleOutcome } from './loops/evaluate.js'
export { type ProbeOptions, probe } from './probe/probe.js'
export { type Profile, sourceOf } from './profiles/profile.js'
export * from './records.js'
