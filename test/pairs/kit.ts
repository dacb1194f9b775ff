import type { Option } from 'commander'
import { programWith } from '../../src/cli/main.js'
import { lossOptions } from '../../src/yolo/config/options.js'

/** Flags of a command line and what stands behind each, nothing behind a switch. */
export type Row = Readonly<Record<string, string>>

/** A command whose flags are tried in pairs. */
export interface Kit {
  readonly command: string
  /** The command line of a row, without the row's own flags. */
  readonly base: (row: Row) => readonly string[]
  /** Values of flags whose record does not tell them, and of those that have fewer here. */
  readonly samples: Readonly<Record<string, readonly string[]>>
  /** Flags that are in no pair, and why. */
  readonly left: Readonly<Record<string, string>>
  /** What a flag, or a flag with one value, is of no use without, given where the row has none of its own: any of the values. */
  readonly needs: Readonly<Record<string, Row>>
  /** What may be added to a line so that it is accepted, first of all nothing. */
  readonly ways: readonly Row[]
  /** Writes what the lines name into the current folder. */
  readonly prepare: () => Promise<void>
  /** Holds what an accepted line did against the reference. @returns what is wrong */
  readonly check: (row: Row, stdout: string) => Promise<string | undefined>
}

/** A row as one types it. */
export const spelled = (row: Row): string => Object.entries(row).flatMap(([flag, value]) => wordsOf(flag, value)).join(' ') // biome-ignore format: one line

const wordsOf = (flag: string, value: string): string[] => (value === '' ? [flag] : [flag, value])

/** A row from what one types; no value has a space, or begins as a flag. */
export function rowOf(text: string): Row {
  const row: Record<string, string> = {}
  let last = ''
  for (const word of text.split(' ')) {
    const isFlag = word.startsWith('--')
    if (isFlag) last = word
    row[last] = isFlag ? '' : word
  }
  return row
}

/** The first value that is in all lists, or else in the first. */
const common = (lists: readonly (readonly string[])[]): string =>
  lists[0]?.find((value) => lists.every((list) => list.includes(value))) ?? (lists[0]?.[0] as string)

/** A row with what its flags need. */
export function completed(kit: Pick<Kit, 'needs'>, row: Row): Row {
  const needs = Object.entries(row)
    .sort()
    .flatMap(([flag, value]) => [kit.needs[flag], kit.needs[`${flag} ${value}`]])
  const all = needs.flatMap((need) => Object.entries(need ?? {})).filter(([flag]) => !(flag in row))
  const lists = (flag: string) => all.flatMap(([own, values]) => (own === flag ? [values.split(' ')] : []))
  const more = Object.fromEntries(all.map(([flag]) => [flag, common(lists(flag))]))
  return all.length === 0 ? row : completed(kit, { ...more, ...row })
}

/** The command line of a row. */
export function lineOf(kit: Kit, row: Row): string[] {
  const whole = completed(kit, row)
  return [kit.command, ...kit.base(whole), ...Object.entries(whole).flatMap(([flag, value]) => wordsOf(flag, value))]
}

const recordOf = (option: Option) =>
  lossOptions.find(
    ({ key, flag }) => option.long === `--${flag ?? key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`,
  )

/** What a flag may be, but for its default: by the kit, by commander's choices, by the record of an option. */
function valuesOf(option: Option, { samples }: Kit): readonly string[] {
  const own = samples[option.long as string]
  if (own) return own
  const record = recordOf(option)
  const isUsual = (value: unknown) => value === (record?.default ?? option.defaultValue)
  const listed = option.argChoices ?? (record?.must.json.enum as readonly unknown[] | undefined)
  if (listed) return listed.filter((value) => !isUsual(value)).map(String)
  if (option.required || option.optional) throw Error(`${option.long} needs a sample in test/pairs`)
  return ['']
}

/** Every value of every flag of the command: `--form static`. */
export function choicesOf(kit: Kit): Row[] {
  const command = programWith(() => {}, false).commands.find((own) => own.name() === kit.command)
  const flags = (command?.options ?? []).filter(({ long, negate }) => !((long as string) in kit.left) && !negate)
  return flags.flatMap((option) => valuesOf(option, kit).map((value) => ({ [option.long as string]: value })))
}

/** Two values of different flags. */
export type Pair = readonly [Row, Row]

export const pairsIn = (values: readonly Row[]): Pair[] =>
  values.flatMap((a, i) =>
    values.slice(i + 1).flatMap((b): Pair[] => (Object.keys(a)[0] === Object.keys(b)[0] ? [] : [[a, b]])),
  )

/** Each flag of a row with its value. */
export const cellsOf = (row: Row): Row[] => Object.entries(row).map(([flag, value]) => ({ [flag]: value }))

/** What was found out: lines that hold every pair that can be, and why the others cannot. */
export interface Table {
  readonly rows: readonly string[]
  /** By a value that is refused alone, or a pair. */
  readonly refused: Readonly<Record<string, string>>
}

/** A pair by one name, whichever is first. */
export const nameOf = ([a, b]: Pair): string => [spelled(a), spelled(b)].sort().join(' ')
