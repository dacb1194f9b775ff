import { existsSync, readFileSync } from 'node:fs'
import { Argument, type Command } from 'commander'
import { printable, writeAtomic } from '../../io/index.js'
import { ConfigError } from '../../yolo/index.js'
import { addFlags, flag, flagsOf, grouped, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { refuseOverwriting } from '../groups/overwriting.js'
import { jsonReport, stdoutTaken } from '../groups/report.js'
import { json } from '../groups/run.js'
import { programs } from '../programs.js'
import type { Shell } from '../shell.js'

/** Where they lie: beside the bundle, or in the source. */
const folder = ['./programs/', '../programs/'].map((path) => new URL(path, import.meta.url)).find(existsSync)

const width = Math.max(...Object.keys(programs).map((name) => name.length))
const words = Object.fromEntries(Object.entries(programs).map(([name, { words }]) => [name, words]))
const list = Object.entries(words).map(([name, words]) => `${name.padEnd(width)} ${words}\n`)

const flags = flagsOf(
  ...grouped('Writing', flag('-o, --output <file>', 'where to; without it, and with -, stdout')),
  ...grouped('Reporting', json('text')),
)

type ProgramFlags = ValuesOf<typeof flags>

const textOf = (name: string): string => readFileSync(new URL(`${programs[name]?.language}/${name}`, folder), 'utf8')

/** Adds `yolo-loss program`. */
export function addProgram(program: Command, shell: Shell): void {
  const command = program
    .command('program')
    .description('Print a program that ships, or name them all.')
    .addArgument(new Argument('[name]', 'which program').choices(Object.keys(programs)))
    .addHelpText('after', examples('program', 'program torch_loss.py -o torch_loss.py', 'program step.mjs > step.mjs'))
  addFlags(command, flags).action(async (name: string | undefined, given: ProgramFlags) => {
    checkOutput(name, given)
    const { output, json } = given
    const text = name === undefined ? list.join('') : textOf(name)
    const file = output === '-' ? undefined : output
    if (file !== undefined) await writeAtomic(file, text)
    if (json) process.stdout.write(jsonReport(name === undefined ? { programs: words } : { name, file, text }))
    else if (file === undefined) process.stdout.write(text)
    else shell.note(`wrote ${printable(file)} (${Buffer.byteLength(text)} bytes)`)
  })
}

function checkOutput(name: string | undefined, { output, json }: ProgramFlags): void {
  if (output === undefined) return
  if (name === undefined) throw new ConfigError('output', 'is given without the name of a program: name one')
  if (output === '-' && json) throw stdoutTaken('--json')
  refuseOverwriting({ output }, {})
}
