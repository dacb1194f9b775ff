import { InputError } from '../proto/errors.js'
import { printable } from '../proto/text.js'
import { jsonObject } from './tolerance.js'

/** Where our models keep their configuration, as JSON. */
export const configKey = 'yolo_loss.config'

/** What decides whether a graph computes the loss that a fixture holds. */
const decisive = ['anchors', 'anchorMask', 'classes', 'ignoreThreshold'] as const

const shown = (value: unknown): string => (value === undefined ? 'nothing' : printable(JSON.stringify(value)))

function parsedConfig(text: string, model: string): Readonly<Record<string, unknown>> {
  try {
    return jsonObject(JSON.parse(text), model, `metadata "${configKey}"`)
  } catch (error) {
    const what = `metadata "${configKey}" is not the JSON of a configuration`
    throw new InputError('E_METADATA', { where: model, what, remedy: 'export the graph again' }, { cause: error })
  }
}

/**
 * Refuses a graph for a fixture it was not made for. A model or a case without a configuration is let through:
 * there the numbers alone decide.
 * @param config that of the case, from its `case.json`
 * @throws InputError naming the key and both values
 */
export function matchConfig(metadata: ReadonlyMap<string, string>, config: unknown, model: string, fixture: string) {
  const text = metadata.get(configKey)
  if (text === undefined || config === undefined) return
  const ours = parsedConfig(text, model)
  const theirs = jsonObject(config, fixture, '"config"')
  for (const key of decisive) {
    const [here, there] = [shown(ours[key]), shown(theirs[key])]
    if (here === there) continue
    const what = `made for another configuration than ${printable(fixture)}: "${key}" is ${here} here and ${there} there`
    throw new InputError('E_CONFIG_MISMATCH', { where: model, what, remedy: 'export a graph for this configuration' })
  }
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
