import { printable, refuse } from '../../io/index.js'
import {
  ConfigError,
  type ConfigInput,
  configKey,
  type LossConfig,
  type LossOption,
  lossOptions,
  options,
  resolveConfig,
  semanticsKey,
} from '../../yolo/index.js'
import { jsonObject } from './tolerance.js'

type Assumed = Readonly<Record<string, unknown>>

const deciding = (what: 'inputs' | 'numbers', assumed: (option: LossOption) => unknown): Assumed =>
  Object.fromEntries(lossOptions.filter(({ decides }) => decides === what).map((o) => [o.key, assumed(o)]))

/** What decides whether the inputs of a fixture suit a graph, and what a fixture means that does not say. */
const ofInputs = {
  ...deciding('inputs', (option) => (option.quiet ? option.default : undefined)),
  dtype: options.dtype.default,
}

/** What decides, beyond that, whether a graph computes the numbers that a fixture holds. */
const ofNumbers = { ...ofInputs, ...deciding('numbers', (option) => option.default) }

/** Where a graph and a fixture part, both values as text. */
export interface Difference {
  readonly key: string
  readonly here: string
  readonly there: string
}

/** A value as text; one nested so deep that it has none is no value of a configuration. */
function shown(value: unknown): string {
  try {
    return value === undefined ? 'nothing' : printable(JSON.stringify(value))
  } catch {
    return 'nested without end'
  }
}

function parsedConfig(text: string, model: string): Readonly<Record<string, unknown>> {
  try {
    return jsonObject(JSON.parse(text), model, `metadata "${configKey}"`)
  } catch (error) {
    const what = `metadata "${configKey}" is not the JSON of a configuration`
    refuse('E_METADATA', model, what, 'export the graph again', error)
  }
}

/** A value as text; what of a list of weights is not given is as assumed. */
function spelled(config: Assumed, key: string, assumed: unknown): string {
  const given = config[key] ?? assumed
  const isPartial = [given, assumed].every((x) => typeof x === 'object' && x !== null && !Array.isArray(x))
  return shown(isPartial ? { ...(assumed as object), ...(given as object) } : given)
}

function firstDifference(ours: Assumed, theirs: Assumed, keys: Assumed): Difference | undefined {
  for (const [key, assumed] of Object.entries(keys)) {
    const [here, there] = [spelled(ours, key, assumed), spelled(theirs, key, assumed)]
    if (here !== there) return { key, here, there }
  }
  return undefined
}

/** What a graph and a fixture have to say for themselves. */
interface Match {
  readonly metadata: ReadonlyMap<string, string>
  /** What to call the model in messages. */
  readonly model: string
  /** Configuration of the case, from its `case.json`. */
  readonly config: unknown
  /** What to call the case in messages. */
  readonly fixture: string
  /** Semantics that the case assumes; any where it is not given. */
  readonly semantics?: string | undefined
}

/**
 * The first thing in which a graph is not what a fixture was made for. A model or a case without a configuration goes
 * with everything: there the numbers alone decide.
 * @throws InputError when one of the configurations is malformed
 */
export function differenceOf({ metadata, model, config, fixture, semantics }: Match): Difference | undefined {
  const text = metadata.get(configKey)
  if (text === undefined || config === undefined) return undefined
  const ours = parsedConfig(text, model)
  const different = firstDifference(ours, jsonObject(config, fixture, '"config"'), ofNumbers)
  const own = metadata.get(semanticsKey)
  if (different || semantics === undefined || own === undefined || own === semantics) return different
  return { key: semanticsKey, here: shown(own), there: shown(semantics) }
}

/** Whether a graph can be run on the inputs of a fixture, whatever comes out. @throws InputError as `differenceOf` */
export function takesInputs({ metadata, model, config, fixture }: Match): boolean {
  const text = metadata.get(configKey)
  if (text === undefined || config === undefined) return true
  return !firstDifference(parsedConfig(text, model), jsonObject(config, fixture, '"config"'), ofInputs)
}

/** Refuses a graph for a fixture it was not made for. @throws InputError naming the key and both values */
export function matchConfig(match: Match): void {
  const different = differenceOf(match)
  if (!different) return
  const { key, here, there } = different
  const what = `made for another configuration than ${printable(match.fixture)}: "${key}" is ${here} here and ${there} there`
  refuse('E_CONFIG_MISMATCH', match.model, what, 'export a graph for this configuration')
}

/** The configuration a model carries; undefined for one that carries none, or none that can be read. */
export function modelConfig(metadata: ReadonlyMap<string, string>): unknown {
  const text = metadata.get(configKey)
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a model computes, by its own account or else by that of a case; undefined where neither can be read. */
export function lossConfigOf(metadata: ReadonlyMap<string, string>, ofCase?: unknown): LossConfig | undefined {
  const said = modelConfig(metadata) ?? ofCase
  if (said === undefined) return undefined
  try {
    return resolveConfig(said as ConfigInput)
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}
