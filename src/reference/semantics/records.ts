/**
 * What the losses of other implementations are called, as records: rules, their values, and profiles of them. Nothing here
 * computes anything, so that a graph may be made from the same records and still share no formula with the reference.
 */
export { semanticsOf } from './profiles/profile.js'
export { type ProfileName, profileNames, profiles, semantics } from './profiles/profiles.js'
export { type Changes, parseChanges, parseSpec, type Spec, semanticsOfSpec, spelledSpec } from './profiles/spec.js'
export {
  type AmountName,
  amountNames,
  amounts,
  isSame,
  type ListName,
  listNames,
  lists,
  type RuleName,
  ruleNames,
  rules,
  type Semantics,
  type Setting,
  type SettingName,
  type ValueOf,
  valuesOf,
} from './rules/rules.js'
export { eachTerm, type TermName, type Terms, termNames } from './rules/terms.js'
