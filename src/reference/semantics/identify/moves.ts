import type { Changes } from '../profiles/spec.js'
import {
  amountNames,
  amounts,
  isSame,
  listNames,
  lists,
  ruleNames,
  type Semantics,
  type Setting,
  type SettingName,
  valuesOf,
} from '../rules/rules.js'

/** What values of rules are in use together with: the rule alone would change nothing, or make no sense. */
const companions: Readonly<Record<string, readonly Changes[]>> = {
  'smoothing=half': [{ smooth: 0.1 }, { smooth: 0.01 }],
  'smoothing=uniform': [{ smooth: 0.1 }, { smooth: 0.01 }],
  'box=iou': wholeBox(),
  'box=giou': wholeBox(),
  'box=diou': wholeBox(),
  'box=ciou': wholeBox(),
  'box=none': [{}, { centre: 'bce', size: 'half-squared' }, { centre: 'bce', size: 'l1' }],
  'objectness=retina': [
    { objectAlpha: 0.25 },
    { objectAlpha: 0.25, objectGamma: 1.5 },
    { objectAlpha: 0.25, maskOf: 'none' },
  ],
  'class=focal': [{}, { classGamma: 1.5 }, { classCells: 'all' }],
  'assignment=above': [{ assignAbove: 0.2 }, {}],
  'assignment=best-and-above': [{ assignAbove: 0.213 }, { assignAbove: 0.213, sharedBox: 'mean' }, {}],
  'assignment=best-and-free': [{ assignAbove: 0.213 }, {}],
  'assignment=prior': [{ assignAbove: 0.5 }],
  'maskOf=none': [{}],
}

/** A box as a whole instead of its numbers, or beside them; the ε of Keras, or none. */
function wholeBox(): readonly Changes[] {
  const instead: Changes = { centre: 'none', size: 'none' }
  return [{}, instead, { ...instead, boxEpsilon: 1e-7 }, { ...instead, boxUnit: 'pixels', boxEpsilon: 1e-6 }]
}

/** One step away from a loss: a rule of another value, or a number that is in use somewhere. */
export interface Move {
  readonly changes: Changes
}

/**
 * All steps from a loss.
 * @param read settings that it depends on: others would change nothing
 * @param isDear whether there are so many classes and cells that what is dear is left out: classes learnt in all of them
 */
export function movesFrom(semantics: Semantics, read: ReadonlySet<SettingName>, isDear: boolean): Move[] {
  const choices = ruleNames
    .filter((name) => read.has(name))
    .flatMap((name) =>
      valuesOf(name)
        .filter((value) => value !== semantics[name])
        .flatMap((value) => (companions[`${name}=${value}`] ?? [{}]).map((more) => ({ [name]: value, ...more }))),
    )
  const numbers = [
    ...amountNames.map((name) => [name, [amounts[name].default, ...amounts[name].known]] as const),
    ...listNames.map((name) => [name, [lists[name].default, ...lists[name].known]] as const),
  ].flatMap(([name, known]) => {
    const values: readonly Setting[] = known
    return values.map((value): Changes => ({ [name]: value }))
  })
  const told = numbers.filter((changes) => Object.keys(changes).every((name) => read.has(name as SettingName)))
  return [...choices, ...told]
    .map((changes) => ({ changes: different(changes, semantics) }))
    .filter(({ changes }) => Object.keys(changes).length > 0 && !(isDear && changes.classCells === 'all'))
}

/** Those changes that change something. */
const different = (changes: Changes, semantics: Semantics): Changes =>
  Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => !isSame(semantics[name as SettingName], value as Setting)),
  )
