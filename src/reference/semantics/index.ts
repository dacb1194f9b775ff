/**
 * What YOLO v3's loss is called by its implementations: rules, profiles of rules, and the loss by any of them in float64.
 * Shares nothing with the graph.
 */
export type { SemanticsInput } from './cells/input.js'
export { Evaluator, type Held, type Outcome, type ScaleOutcome } from './loops/evaluate.js'
export { type TermName, termNames } from './loops/reduce.js'
export {
  type Profile,
  type ProfileName,
  profileNames,
  profiles,
  semantics,
  semanticsOf,
  sourceOf,
} from './profiles/profiles.js'
export { type RuleName, rules, type Semantics, type Setting, type SettingName } from './rules/rules.js'
