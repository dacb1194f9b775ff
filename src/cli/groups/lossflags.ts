import { type Command, Option } from 'commander'
import { type LossOption, lossOptions, outputKeys, presets } from '../../yolo/index.js'
import { parseAnchors, parseClasses, parseMask, parseNumber, parseRule, parseSize, parseWeights } from './parse.js'

type Taking = readonly [placeholder: string, parse?: (text: string, before?: unknown) => unknown]

/** How a flag takes each kind of value: its placeholder and, unless the text is the value, what reads it. */
const taking: Readonly<Record<LossOption['must']['kind'], Taking>> = {
  switch: [''],
  name: ['name'],
  number: ['n', parseNumber],
  size: ['HxW', parseSize],
  anchors: ['list', parseAnchors],
  classes: ['n', parseClasses],
  masks: ['list', parseMask],
  weights: ['list', parseWeights],
  rules: ['NAME=VALUE', parseRule],
}

const kebab = (key: string): string => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
const nameOf = ({ key, flag }: LossOption): string => flag ?? kebab(key)

/** A default that most configurations have; what decides the inputs comes from a preset. */
function defaultIn({ must, decides, default: value }: LossOption): string {
  const isTold = value !== undefined && decides !== 'inputs' && (must.kind === 'name' || must.kind === 'number')
  return isTold ? ` (default ${value})` : ''
}

/** Titles of the help, by what an option decides. */
const titles = { inputs: 'Boxes and labels', numbers: 'The loss', outputs: 'Outputs beside it' } as const

const titleOf = ({ decides }: LossOption): string => (decides ? titles[decides] : 'The graph')

function addFlag(command: Command, option: LossOption, hidden: boolean): void {
  const [placeholder, parse] = taking[option.must.kind]
  const takes = placeholder && ` <${option.takes ?? placeholder}>`
  const flag = new Option(`--${nameOf(option)}${takes}`, option.help + defaultIn(option))
    .helpGroup(`${titleOf(option)}:`)
    .hideHelp(hidden)
  command.addOption(parse ? flag.argParser(parse) : flag)
}

// The order of --help: boxes, what is asked for most, everything else, what few ask for.
const boxes: readonly string[] = ['anchors', 'classes', 'anchorMask']
const first: readonly string[] = [...boxes, 'ignoreThreshold', 'opset', ...outputKeys]
const last = ['for', 'divisionFree', 'guard']
const place = ({ key }: LossOption): number => (first.includes(key) ? first.indexOf(key) - first.length : 0)
const byPlace = lossOptions.toSorted((a, b) => place(a) - place(b))
const inHelp = byPlace.toSorted((a, b) => last.indexOf(a.key) - last.indexOf(b.key))
const switches = byPlace.filter(({ must }) => must.kind === 'switch').map(nameOf)

/** Adds the flags that say which boxes there are: a preset or a file, anchors, masks, classes. */
export function addBoxFlags(command: Command): Command {
  const start = [
    new Option('--preset <name>', `start from one of ${Object.keys(presets).join(', ')}`),
    new Option('--config <file>', 'JSON file (anchors, anchorMask, classes, ignoreThreshold, …) or Darknet .cfg'),
  ]
  for (const option of start) command.addOption(option.helpGroup('Configuration:'))
  for (const option of inHelp) if (boxes.includes(option.key)) addFlag(command, option, false)
  return command
}

/** Adds all flags of `configFrom` to a command. @param decided keys that something else decides, which help leaves out */
export function addConfigFlags(command: Command, decided: readonly string[] = []): Command {
  const text = `\nWhat a file switches on (${switches.join(', ')}), --no-NAME switches off.`
  addBoxFlags(command).addHelpText('after', text)
  for (const option of inHelp) if (!boxes.includes(option.key)) addFlag(command, option, decided.includes(option.key))
  // After the switches themselves: commander takes one that is only known negated for being on.
  for (const name of switches) command.addOption(new Option(`--no-${name}`).hideHelp())
  return command
}

/** Keys of the options, by the name that commander gives their flags. */
export const keyOf = Object.fromEntries(lossOptions.map((o) => [new Option(`--${nameOf(o)}`).attributeName(), o.key]))

/** The flag of an option, or of a name that commander gives one. */
export function flagOf(name: string): string {
  const option = lossOptions.find(({ key }) => key === name)
  return `--${option ? nameOf(option) : kebab(name)}`
}
