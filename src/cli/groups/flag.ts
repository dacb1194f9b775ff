import { type Command, Option } from 'commander'

/** Flags as a command gets them, by name. */
export type Given = Readonly<Record<string, unknown>>

/** A flag of the command line; `Values` is what a command finds of it among its flags. */
export interface Flag<Values = Given> {
  readonly option: Option
  readonly values?: Values
}

/** What a command finds when all flags of a list are its own. */
export type ValuesOf<Flags extends readonly Flag[]> = (
  Flags[number] extends infer F
    ? F extends Flag<infer V>
      ? (values: V) => void
      : never
    : never
) extends (values: infer All) => void
  ? All
  : never

type Camel<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S

/** `maxUnpacked` of `-m, --max-unpacked <MiB>`, `reference` of `--no-reference`. */
type KeyOf<S extends string> = S extends `${string}--${infer Name} ${string}`
  ? Camel<Name>
  : S extends `--no-${infer Name}`
    ? Camel<Name>
    : S extends `${string}--${infer Name}`
      ? Camel<Name>
      : never

/** What stands behind a flag as it is, once or several times, or that the flag is there. */
type Plain<S extends string> = S extends `${string} <${string}...>`
  ? readonly string[]
  : S extends `${string} <${string}`
    ? string
    : boolean

interface How<V> {
  readonly parse?: (text: string, before: V | undefined) => V
  readonly choices?: readonly V[]
  readonly default?: NoInfer<V>
  readonly required?: true
}

type Sure<V> = How<V> & ({ readonly default: NoInfer<V> } | { readonly required: true })

/** A flag as commander spells it, `-o, --output <file>`, and the words of its help. */
export function flag<S extends string, const V = Plain<S>>(
  spelling: S,
  words: string,
  how: Sure<V>,
): Flag<{ readonly [K in KeyOf<S>]: V }>
export function flag<S extends string, const V = Plain<S>>(
  spelling: S,
  words: string,
  how?: How<V>,
): Flag<{ readonly [K in KeyOf<S>]?: V }>
export function flag(spelling: string, words: string, how: How<unknown> = {}): Flag {
  const option = new Option(spelling, words).default(how.default).makeOptionMandatory(how.required === true)
  if (how.choices) option.choices(how.choices as string[])
  if (how.parse) option.argParser(how.parse)
  return { option }
}

/** A list of flags; groups that several commands share are spread into those of a command. */
export const flagsOf = <const Flags extends readonly Flag[]>(...flags: Flags): Flags => flags

/** Flags that stand below a title of their own in the help. */
export function grouped<const Flags extends readonly Flag[]>(title: string, ...flags: Flags): Flags {
  for (const { option } of flags) option.helpGroup(`${title}:`)
  return flags
}

/** Adds flags to a command, which keep their order in its help. */
export function addFlags(command: Command, flags: readonly Flag[]): Command {
  for (const { option } of flags) command.addOption(option)
  return command
}

/** The flags of a list, and those that are none of them. */
export function parted<Flags extends readonly Flag[]>(given: Given, flags: Flags): [own: ValuesOf<Flags>, Given] {
  const names = new Set(flags.map(({ option }) => option.attributeName()))
  const part = (own: boolean) => Object.fromEntries(Object.entries(given).filter(([name]) => names.has(name) === own))
  return [part(true) as ValuesOf<Flags>, part(false)]
}
