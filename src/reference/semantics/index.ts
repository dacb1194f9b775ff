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
export { type TermName, termNames } from './loops/reduce.js'
export { type ProbeOptions, probe } from './probe/probe.js'
export { type Profile, semanticsOf, sourceOf } from './profiles/profile.js'
export { type ProfileName, profileNames, profiles, semantics } from './profiles/profiles.js'
export { parseSpec, type Spec, semanticsOfSpec, spelledSpec } from './profiles/spec.js'
export {
  type AmountName,
  amountNames,
  amounts,
  type ListName,
  listNames,
  lists,
  type RuleName,
  ruleNames,
  rules,
  type Semantics,
  type Setting,
  type SettingName,
  valuesOf,
} from './rules/rules.js'
