import { amounts, lists } from './amounts.js'
import { assignment } from './assignment.js'
import { atThreshold } from './atthreshold.js'
import { backward } from './backward.js'
import { box } from './box.js'
import { boxScale } from './boxscale.js'
import { boxUnit } from './boxunit.js'
import { centre } from './centre.js'
import { classLoss } from './class.js'
import { classCells } from './classcells.js'
import { decode } from './decode.js'
import { ignoreBoxes } from './ignoreboxes.js'
import { maskOf } from './maskof.js'
import { objectness } from './objectness.js'
import { objectTarget } from './objecttarget.js'
import { pixels } from './pixels.js'
import { reduction } from './reduction.js'
import type { Rule } from './rule.js'
import { sharedBox } from './sharedbox.js'
import { sharedClass } from './sharedclass.js'
import { singleClass } from './singleclass.js'
import { size } from './size.js'
import { smoothing } from './smoothing.js'

export { amounts, lists } from './amounts.js'
export type { Amount, List, Rule, Value } from './rule.js'

/** All that implementations decide by a choice, in the order in which it takes part in the loss. */
export const rules = {
  assignment,
  pixels,
  sharedBox,
  sharedClass,
  ignoreBoxes,
  atThreshold,
  maskOf,
  decode,
  centre,
  size,
  box,
  boxUnit,
  boxScale,
  objectness,
  objectTarget,
  class: classLoss,
  classCells,
  smoothing,
  singleClass,
  reduction,
  backward,
} as const

export type RuleName = keyof typeof rules
export type AmountName = keyof typeof amounts
export type ListName = keyof typeof lists
/** Whatever can be set. */
export type SettingName = RuleName | AmountName | ListName

/** A value of a rule. */
export type ValueOf<N extends RuleName> = keyof (typeof rules)[N]['values'] & string

/** One choice of every rule, and every number: a loss. */
export type Semantics = { readonly [N in RuleName]: ValueOf<N> } & { readonly [N in AmountName]: number } & {
  readonly [N in ListName]: readonly number[]
}

export type Setting = string | number | readonly number[]

export const ruleNames = Object.keys(rules) as readonly RuleName[]
export const amountNames = Object.keys(amounts) as readonly AmountName[]
export const listNames = Object.keys(lists) as readonly ListName[]

/** What the numbers are where nothing else is said. */
export const usualNumbers = {
  ...(Object.fromEntries(amountNames.map((name) => [name, amounts[name].default])) as Record<AmountName, number>),
  ...(Object.fromEntries(listNames.map((name) => [name, lists[name].default as readonly number[]])) as Record<
    ListName,
    readonly number[]
  >),
}

/** The names of the values of a rule. */
export const valuesOf = (name: RuleName): readonly string[] => Object.keys((rules[name] as Rule).values)

/** Whether two settings are the same. */
export const isSame = (a: Setting, b: Setting): boolean => a === b || String(a) === String(b)
