import {
  amounts,
  lists,
  type RuleName,
  rules,
  type Semantics,
  type Setting,
  type SettingName,
  valuesOf,
} from '../rules/rules.js'
import { semanticsOf } from './profile.js'
import { type ProfileName, profileNames, profiles } from './profiles.js'

/** A profile, and what is to be different. */
export interface Spec {
  readonly profile: ProfileName
  readonly changes: Changes
}

/** Settings that are not those of a profile. */
export type Changes = { readonly [N in SettingName]?: Setting }

const isProfile = (name: string): name is ProfileName => (profileNames as readonly string[]).includes(name)
const isRule = (name: string): name is RuleName => Object.hasOwn(rules, name)

/**
 * A loss by name, `gluon-cv`, or by what is different, `gluon-cv,size=squared,whWeight=0.5`; lists are spelled with
 * slashes, `balance=4/1/0.4`.
 * @throws RangeError saying what is not known, and what is
 */
export function parseSpec(text: string): Spec {
  const [name = '', ...changes] = text.split(',')
  const profile = name.trim()
  if (!isProfile(profile))
    throw new RangeError(`${quoted(profile)} is no semantics: there are ${profileNames.join(', ')}`)
  return { profile, changes: Object.fromEntries(changes.map(parseChange)) }
}

/** What is different alone, `size=squared,whWeight=0.5`. @throws RangeError as `parseSpec` */
export const parseChanges = (text: string): Changes => Object.fromEntries(text.split(',').map(parseChange))

function parseChange(text: string): readonly [SettingName, Setting] {
  const [name = '', value, ...more] = text.split('=').map((part) => part.trim())
  if (value === undefined || more.length > 0) throw new RangeError(`${quoted(text)} is no rule: write RULE=VALUE`)
  if (isRule(name)) {
    if (valuesOf(name).includes(value)) return [name, value]
    throw new RangeError(`${name} has no value ${quoted(value)}: it has ${valuesOf(name).join(', ')}`)
  }
  if (Object.hasOwn(amounts, name)) return [name as SettingName, numberOf(name, value)]
  if (Object.hasOwn(lists, name))
    return [name as SettingName, value === '' ? [] : value.split('/').map((part) => numberOf(name, part))]
  const known = [...Object.keys(rules), ...Object.keys(amounts), ...Object.keys(lists)]
  throw new RangeError(`${quoted(name)} is no rule: there are ${known.join(', ')}`)
}

function numberOf(name: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw new RangeError(`${name} must be a number, got ${quoted(text)}`)
}

const quoted = (text: string): string => JSON.stringify(text)

/** The loss of a spec. */
export const semanticsOfSpec = ({ profile, changes }: Spec): Semantics =>
  ({ ...semanticsOf(profiles[profile]), ...changes }) as Semantics

const spelledSetting = (setting: Setting): string => (typeof setting === 'object' ? setting.join('/') : String(setting))

/** As `parseSpec` reads it. */
export const spelledSpec = ({ profile, changes }: Spec): string =>
  [profile, ...Object.entries(changes).map(([name, value]) => `${name}=${spelledSetting(value as Setting)}`)].join(',')
