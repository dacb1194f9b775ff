import { type Command, Option } from 'commander'
import { isSameFile } from '../../io/index.js'
import {
  ConfigError,
  type ConfigInput,
  type Kind,
  type LossConfig,
  type LossOption,
  lossOptions,
  presets,
  resolveConfig,
} from '../../yolo/index.js'
import { readAnchors, readClasses, readConfigSource } from './configfile.js'
import { parseAnchors, parseClasses, parseMask, parseNumber, parseSize, parseWeights } from './parse.js'

/** Flags that make up a configuration, by the key they set; each wins over the file, the file over the preset. */
interface ConfigFlags {
  readonly preset?: string
  readonly config?: string
  readonly anchors?: number[][] | string
  readonly classes?: number | string
  readonly ignoreThresh?: number
  readonly [key: string]: unknown
}

/** A configuration, and where each of its values comes from. */
interface Configured {
  readonly config: LossConfig
  /** By key: a flag, a file, a preset or `default`. */
  readonly origins: Readonly<Record<string, string>>
  /** Height and width in pixels that a Darknet file gives for its network. */
  readonly input?: readonly [height: number, width: number]
  /** Names of the classes, when they come from a file. */
  readonly classNames?: readonly string[]
}

/** How a flag takes each kind of value: its placeholder and, unless the text is the value, what reads it. */
const taking: Readonly<Record<Kind, readonly [placeholder: string, parse?: (text: string) => unknown]>> = {
  switch: [''],
  name: ['name'],
  number: ['n', parseNumber],
  size: ['HxW', parseSize],
  anchors: ['list', parseAnchors],
  classes: ['n', parseClasses],
  masks: ['list', parseMask],
  weights: ['list', parseWeights],
}

const kebab = (key: string): string => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
const nameOf = ({ key, flag }: LossOption): string => flag ?? kebab(key)

/** A default that most configurations have; what decides the inputs comes from a preset. */
function defaultIn({ must, decides, default: value }: LossOption): string {
  const isTold = value !== undefined && decides !== 'inputs' && (must.kind === 'name' || must.kind === 'number')
  return isTold ? ` (default ${value})` : ''
}

function addFlag(command: Command, option: LossOption): void {
  const [placeholder, parse] = taking[option.must.kind]
  const takes = placeholder && ` <${option.takes ?? placeholder}>`
  const flag = new Option(`--${nameOf(option)}${takes}`, option.help + defaultIn(option))
  command.addOption(parse ? flag.argParser(parse) : flag)
}

// The order of --help: boxes, what is asked for most, everything else, what few ask for.
const boxes: readonly string[] = ['anchors', 'classes', 'anchorMask']
const first = [...boxes, 'ignoreThreshold', 'opset', 'components', 'masks', 'diagnostics', 'gradients']
const last = ['for', 'divisionFree', 'guard']
const place = ({ key }: LossOption): number => (first.includes(key) ? first.indexOf(key) - first.length : 0)
const byPlace = lossOptions.toSorted((a, b) => place(a) - place(b))
const inHelp = byPlace.toSorted((a, b) => last.indexOf(a.key) - last.indexOf(b.key))
const switches = byPlace.filter(({ must }) => must.kind === 'switch').map(nameOf)

/** Adds the flags that say which boxes there are: a preset or a file, anchors, masks, classes. */
export function addBoxFlags(command: Command): Command {
  command
    .option('--preset <name>', `start from one of ${Object.keys(presets).join(', ')}`)
    .option('--config <file>', 'JSON file (anchors, anchorMask, classes, ignoreThreshold, …) or Darknet .cfg')
  for (const option of inHelp) if (boxes.includes(option.key)) addFlag(command, option)
  return command
}

/** Adds all flags of `configFrom` to a command. */
export function addConfigFlags(command: Command): Command {
  const text = `\nWhat a file switches on (${switches.join(', ')}), --no-NAME switches off.`
  addBoxFlags(command).addHelpText('after', text)
  for (const option of inHelp) if (!boxes.includes(option.key)) addFlag(command, option)
  // After the switches themselves: commander takes one that is only known negated for being on.
  for (const name of switches) command.addOption(new Option(`--no-${name}`).hideHelp())
  return command
}

/** Keys of the options, by the name that commander gives their flags. */
const keyOf = Object.fromEntries(lossOptions.map((o) => [new Option(`--${nameOf(o)}`).attributeName(), o.key]))

const flagOf = (key: string): string => `--${kebab(key)}`

/** Values and origins that flags give; files named by flags are read. */
function ownValues(flags: ConfigFlags) {
  const { preset, config, ...rest } = flags
  const values: Record<string, unknown> = {}
  const origins: Record<string, string> = {}
  let classNames: readonly string[] | undefined
  for (const [flag, given] of Object.entries(rest)) {
    if (given === undefined) continue
    const key = keyOf[flag] ?? flag
    values[key] = given
    origins[key] = flagOf(given === false ? `no-${flag}` : flag)
    if (typeof given !== 'string' || (key !== 'anchors' && key !== 'classes')) continue
    origins[key] = `${flagOf(flag)} ${given}`
    if (key === 'classes') classNames = readClasses(given)
    values[key] = classNames && key === 'classes' ? classNames.length : readAnchors(given)
  }
  return { values, origins, classNames }
}

/** As `resolveConfig`, but an error about a value of a file names the file, and a missing value the flag for it. */
function resolved(given: ConfigInput, fileOf: (key: string) => string | undefined): LossConfig {
  try {
    return resolveConfig(given)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const file = fileOf(error.key)
    if (file !== undefined) error.message = `${file}: ${error.message}`
    else if (/ is missing$| must be given /.test(error.message))
      error.message += `\n  hint: give ${flagOf(error.key)}, or "${error.key}" in the file that --config names`
    throw error
  }
}

/**
 * The configuration that flags, file and preset give together, with the origin of each value.
 * @throws ConfigError for a value that breaks a rule, or when there is nothing to start from
 */
export function configFrom(flags: ConfigFlags): Configured {
  const file = flags.config
  requireStart(flags)
  const own = ownValues(flags)
  const source = file === undefined ? { values: {} as ConfigInput } : readConfigSource(file)
  const preset = flags.preset ?? source.values.preset
  const given: Record<string, unknown> = {
    ...source.values,
    ...own.values,
    ...(preset === undefined ? {} : { preset }),
  }
  // The input size of a Darknet file is that of its network; only the static form of the loss is bound to one.
  if (given.form === 'static') given.input ??= 'input' in source ? source.input : undefined
  if (given.input === undefined) delete given.input
  const ofFile = (key: string) => Object.hasOwn(source.values, key) && given[key] === source.values[key as never]
  const config = resolved(given, (key) => (ofFile(key) ? file : undefined))
  const origin = (key: string): string => {
    if (Object.hasOwn(own.origins, key)) return own.origins[key] as string
    if (Object.hasOwn(source.values, key) || key === 'input') return file as string
    return presetOrDefault(key, preset, Object.hasOwn(given, 'anchors'))
  }
  return {
    config,
    origins: Object.fromEntries(Object.keys(config).map((key) => [key, origin(key)])),
    ...('input' in source && source.input ? { input: source.input } : {}),
    ...(own.classNames ? { classNames: own.classNames } : {}),
  }
}

function requireStart({ preset, config, anchors }: ConfigFlags): void {
  if (preset !== undefined || config !== undefined || anchors !== undefined) return
  const names = Object.keys(presets).join(', ')
  throw new ConfigError('preset', `is missing: give --preset (${names}), --config or --anchors`)
}

/** Masks are those of the anchors, so that other anchors leave the preset's behind. */
function presetOrDefault(key: string, preset: unknown, ownAnchors: boolean): string {
  const values = presets[preset as keyof typeof presets] ?? {}
  const replaced = key === 'anchorMask' && ownAnchors
  return Object.hasOwn(values, key) && !replaced ? `preset ${String(preset)}` : 'default'
}

/** @throws ConfigError when an output would overwrite a file that the configuration comes from */
export function refuseSources(outputs: readonly string[], flags: ConfigFlags): void {
  for (const flag of ['config', 'anchors', 'classes']) {
    const source = flags[flag]
    if (typeof source === 'string' && outputs.some((path) => isSameFile(path, source)))
      throw new ConfigError('output', `would overwrite ${source}, which --${flag} names`)
  }
}
