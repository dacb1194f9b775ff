import type { Command, Option } from 'commander'
import { lossOptions, presets } from '../../yolo/index.js'
import { keyOf } from '../groups/lossflags.js'

/** What a shell needs to know of a flag. */
export interface KnownFlag {
  /** `-o`, `--output`. */
  readonly names: readonly string[]
  readonly words: string
  /** Whether a value follows it. */
  readonly takes: boolean
  /** The values it takes, where they are few. */
  readonly choices: readonly string[]
}

/** What a shell needs to know of a command. */
export interface KnownCommand {
  readonly name: string
  readonly words: string
  readonly flags: readonly KnownFlag[]
  /** The values of its argument, where they are few. */
  readonly values: readonly string[]
}

/** Every command of the command line, and the flags of all. */
export interface CommandTable {
  readonly commands: readonly KnownCommand[]
  readonly flags: readonly KnownFlag[]
}

/** The first sentence, without its end. */
const brief = (text: string): string => text.split(/[.:;(](?:\s|$)/)[0] as string

/** Values of an option of the loss, where they are few. */
function valuesOf(option: Option): readonly string[] {
  if (option.long === '--preset') return Object.keys(presets)
  const record = lossOptions.find(({ key }) => key === keyOf[option.attributeName()])
  const listed = record?.must.json.enum
  return Array.isArray(listed) ? listed.map(String) : []
}

const known = (option: Option): KnownFlag => ({
  names: [option.short, option.long].filter((name) => name !== undefined),
  words: brief(option.description),
  takes: option.required || option.optional,
  choices: option.argChoices ?? valuesOf(option),
})

/** The flags that the help of a command shows. */
const flagsOf = (command: Command): KnownFlag[] => command.createHelp().visibleOptions(command).map(known)

/** What the help of a program shows, as shells need it. */
export function tableOf(program: Command): CommandTable {
  const commands = program.createHelp().visibleCommands(program)
  return {
    flags: flagsOf(program),
    commands: commands.map((own) => ({
      name: own.name(),
      words: brief(own.description()),
      flags: own.name() === 'help' ? [] : flagsOf(own),
      values: own.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    })),
  }
}
