import { InputError } from '../proto/errors.js'
import { quoted } from '../proto/text.js'

/** |got − expected| ≤ atol + rtol·|expected|, and who says so. */
export interface Tolerance {
  readonly rtol: number
  readonly atol: number
  readonly source: string
}

/** The tolerance of a case, and of those outputs that have one of their own. */
export interface Tolerances {
  readonly standard: Tolerance
  readonly outputs: ReadonlyMap<string, Tolerance>
}

/** Where a case gives none: what float32 elements need on a CPU. */
export const defaultTolerance: Tolerance = { rtol: 1e-5, atol: 1e-6, source: 'default' }

export const toleranceOf = ({ standard, outputs }: Tolerances, output: string): Tolerance =>
  outputs.get(output) ?? standard

type Json = Readonly<Record<string, unknown>>

/** The value as a JSON object, or a refusal that says what had to be one. */
export function jsonObject(value: unknown, file: string, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  throw new InputError('E_JSON', { where: file, what: `${what} must be an object` })
}

function number(json: Json, key: 'rtol' | 'atol', fallback: Tolerance, file: string, at: string): number {
  const value = Object.hasOwn(json, key) ? json[key] : fallback[key]
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value
  const what = `${at}${key} must be a finite number, 0 or more, got ${String(value)}`
  throw new InputError('E_TOLERANCE', { where: file, what })
}

/**
 * Tolerances from the content of a `data.json`: `{"rtol", "atol", "outputs": {"name": {"rtol", "atol"}}}`, each part
 * optional.
 * @param file its path, named as the source and in messages
 * @throws InputError for numbers that are no tolerance
 */
export function readTolerances(content: unknown, file: string, name: string): Tolerances {
  const json = jsonObject(content, file, 'the content')
  const given = Object.hasOwn(json, 'rtol') || Object.hasOwn(json, 'atol')
  const read = (part: Json, fallback: Tolerance, at: string, source: string): Tolerance => ({
    rtol: number(part, 'rtol', fallback, file, at),
    atol: number(part, 'atol', fallback, file, at),
    source,
  })
  const standard = read(json, defaultTolerance, '', given ? `${name}/data.json` : 'default')
  const outputs = new Map<string, Tolerance>()
  const own = Object.hasOwn(json, 'outputs') ? jsonObject(json.outputs, file, '"outputs"') : {}
  for (const [output, part] of Object.entries(own)) {
    const at = `outputs.${quoted(output)}.`
    const source = `${name}/data.json, ${output}`
    outputs.set(output, read(jsonObject(part, file, `"outputs" ${quoted(output)}`), standard, at, source))
  }
  return { standard, outputs }
}
