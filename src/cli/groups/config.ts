import { isSameFile } from '../../io/index.js'
import { type Note, notesOnConfig, notesOnNames } from '../../notes/index.js'
import { ConfigError, type ConfigInput, type LossConfig, presets, resolveConfig } from '../../yolo/index.js'
import { type ConfigSource, readAnchors, readClasses, readConfigSource } from './configfile.js'
import { flagOf, keyOf } from './lossflags.js'

/** Flags that make up a configuration, by the key they set; each wins over the file, the file over the preset. */
interface ConfigFlags {
  readonly preset?: string
  readonly config?: string
  readonly [key: string]: unknown
}

/** A configuration, and where each of its values comes from. */
export interface Configured {
  readonly config: LossConfig
  /** By key: a flag, a file, a preset or `default`. */
  readonly origins: Readonly<Record<string, string>>
  /** Height and width in pixels that a Darknet file gives for its network. */
  readonly input?: readonly [height: number, width: number]
  /** Names of the classes, when they come from a file. */
  readonly classNames?: readonly string[]
  /** What was hardly meant. */
  readonly notes: readonly Note[]
}

/** Values and origins that flags give; files named by flags are read. */
function ownValues(flags: ConfigFlags) {
  const { preset, config, ...rest } = flags
  const values: Record<string, unknown> = {}
  const origins: Record<string, string> = {}
  const notes: Note[] = []
  let classNames: readonly string[] | undefined
  for (const [flag, given] of Object.entries(rest)) {
    if (given === undefined) continue
    const key = keyOf[flag] ?? flag
    values[key] = given
    origins[key] = flagOf(given === false ? `no-${flag}` : flag)
    if (typeof given !== 'string' || (key !== 'anchors' && key !== 'classes')) continue
    origins[key] = `${flagOf(flag)} ${given}`
    if (key === 'classes') {
      classNames = readClasses(given)
      notes.push(...notesOnNames({ names: classNames, file: given }))
    }
    values[key] = classNames && key === 'classes' ? classNames.length : readAnchors(given)
  }
  return { values, origins, classNames, notes }
}

/** As `resolveConfig`, but an error about a value of a file names the file, and a missing value the flag for it. */
function resolved(given: ConfigInput, fileOf: (key: string) => string | undefined): LossConfig {
  try {
    return resolveConfig(given)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const file = fileOf(error.key)
    const { key, why, absent } = error
    const hint = absent ? `give ${flagOf(key)}, or "${key}" in the file that --config names` : undefined
    throw new ConfigError(key, why, { absent, ...(file === undefined ? { hint } : { file }) })
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
  const source: ConfigSource = file === undefined ? { values: {} } : readConfigSource(file)
  const preset = flags.preset ?? source.values.preset
  const given: Record<string, unknown> = { ...source.values, ...own.values, ...(preset !== undefined && { preset }) }
  // The input size of a Darknet file is that of its network; only the static form of the loss is bound to one.
  if (given.form === 'static') given.input ??= source.input
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
    notes: [...notesOnConfig(config, (key) => placed(key, origin(key))), ...own.notes],
    origins: Object.fromEntries(Object.keys(config).map((key) => [key, origin(key)])),
    ...(source.input && { input: source.input }),
    ...(own.classNames && { classNames: own.classNames }),
  }
}

/** A key as messages call its place; a flag says its key itself. */
const placed = (key: string, origin: string): string => (origin.startsWith('--') ? origin : `${origin}, "${key}"`)

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
