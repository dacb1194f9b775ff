import {
  type AmountName,
  type ListName,
  type RuleName,
  ruleNames,
  type Semantics,
  type SettingName,
  usualNumbers,
  type ValueOf,
} from '../rules/rules.js'

/** A value, and the file and line of the source that says so. */
type Row<V> = readonly [value: V, source: string]

/** An implementation of the loss: one value of every rule. */
export interface Profile {
  /** Whose, and which version was read. */
  readonly of: string
  readonly rows: { readonly [N in RuleName]: Row<ValueOf<N>> }
  /** Numbers that are not the usual ones. */
  readonly numbers?: { readonly [N in AmountName]?: Row<number> } & {
    readonly [N in ListName]?: Row<readonly number[]>
  }
  /** θ of its own configuration for this net, which is no rule: the configuration says it. */
  readonly threshold?: number
  /** What the rules do not say. */
  readonly notes?: readonly string[]
  /** What outside its rules it is called with. */
  readonly outputs?: string
}

/** The loss that a profile is. */
export function semanticsOf({ rows, numbers = {} }: Profile): Semantics {
  const first = ([name, row]: readonly [string, Row<unknown>]) => [name, row[0]] as const
  const all = [...Object.entries(rows), ...Object.entries(numbers)].map(first)
  return { ...usualNumbers, ...Object.fromEntries(all) } as Semantics
}

/** Where a profile says what it does. */
export function sourceOf({ rows, numbers = {} }: Profile, name: SettingName): string | undefined {
  const all: Readonly<Partial<Record<SettingName, Row<unknown>>>> = { ...rows, ...numbers }
  return all[name]?.[1]
}

/** So that the rows are checked where they stand. */
export const profile = (record: Profile): Profile => {
  const missing = ruleNames.find((name) => record.rows[name] === undefined)
  if (missing !== undefined) throw new Error(`internal: a profile without ${missing}`)
  return record
}
