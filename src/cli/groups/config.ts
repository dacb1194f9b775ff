import { type Command, Option } from 'commander'
import { isSameFile } from '../../io/index.js'
import { ConfigError, type ConfigInput, type LossConfig, presets, resolveConfig } from '../../yolo/index.js'
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

/** Adds the flags that say which boxes there are: a preset or a file, anchors, masks, classes. */
export function addBoxFlags(command: Command): Command {
  return command
    .option('--preset <name>', `start from one of ${Object.keys(presets).join(', ')}`)
    .option('--config <file>', 'JSON file (anchors, anchorMask, classes, ignoreThreshold, …) or Darknet .cfg')
    .option('--anchors <list>', 'pairs of pixels, width then height: "10,13 16,30 …", or a file of them', parseAnchors)
    .option('--classes <n>', 'number of classes, or a file of their names', parseClasses)
    .option('--anchor-mask <list>', 'anchor indices of each scale, coarsest first: 6,7,8/3,4,5/0,1,2', parseMask)
}

/** What is on or off, and may be on in a file. */
const switches = ['components', 'masks', 'diagnostics', 'gradients', 'normalizer', 'guard', 'division-free']

/** Adds all flags of `configFrom` to a command. */
export function addConfigFlags(command: Command): Command {
  addBoxFlags(command)
    .addHelpText('after', `\nWhat a file switches on (${switches.join(', ')}), --no-NAME switches off.`)
    .option('--ignore-thresh <x>', 'IoU from which a background cell is ignored', parseNumber)
    .option('--opset <n>', 'ONNX opset, 13 to 21 (default 17)', parseNumber)
    .option('--components', 'also output the terms, the ignore sum and the positives of each scale')
    .option('--masks', 'also output the ignore masks')
    .option('--diagnostics', 'also output counts that explain a loss, and the least it can be')
    .option('--gradients', 'also output the derivatives by the logits')
    .option('--graph <name>', 'loss, or the decoded head alone: head, head-loss (default loss)')
    .option('--form <name>', 'compact, static or loop (default compact)')
    .option('--batch <n>', 'fixed batch size', parseNumber)
    .option('--input <HxW>', 'fixed input size in pixels, height first', parseSize)
    .option('--max-boxes <n>', 'static form: most boxes of an image and scale (default 100)', parseNumber)
    .option('--layout <name>', 'of the logits: nhwc, nchw, nachw or nahwc (default nhwc)')
    .option('--dtype <name>', 'of the logits: float32, float64, or float16 calculated in float32 (default float32)')
    .option('--reduction <name>', 'batch-mean, sum, or none for a loss of each image (default batch-mean)')
    .option('--normalizer', 'a last input divides in place of the batch')
    .option('--loss-rank <n>', '0, or 1 for a loss of shape [1] (default 0)', parseNumber)
    .option('--weights <list>', 'of the terms: xy=1,wh=1,conf=1,class=1', parseWeights)
    .option('--for <trainer>', 'ort-training: only operators that onnxruntime-training can differentiate')
    .option('--division-free', 'static form: compare IoU and threshold without a division, not exact at the threshold')
    .option('--guard', 'leave boxes of width or height 0 out of the wh term instead of giving +inf')
  // After the switches themselves: commander takes one that is only known negated for being on.
  for (const name of switches) command.addOption(new Option(`--no-${name}`).hideHelp())
  return command
}

/** Flags spelt otherwise than the key they set. */
const keyOf: Readonly<Record<string, string>> = { ignoreThresh: 'ignoreThreshold' }

const flagOf = (key: string): string => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`

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
