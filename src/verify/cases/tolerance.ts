import { quoted, refuse } from '../../io/index.js'
import { type Provider, providers } from '../../runtime/index.js'

/** |got − expected| ≤ atol + rtol·|expected|, and who says so. */
export interface Tolerance {
  readonly rtol: number
  readonly atol: number
  readonly source: string
}

/** The tolerance of a case, if it gives one, and of those outputs that have one of their own. */
export interface Tolerances {
  readonly standard: Tolerance | undefined
  readonly outputs: ReadonlyMap<string, Tolerance>
}

export const usual: Tolerance = { rtol: 1e-5, atol: 1e-6, source: 'default for float32' }

/**
 * Where a case gives none. Derived from the arithmetic, with u the unit roundoff of the element type:
 *
 * - A value of the loss is the end of a chain of at most about 40 operations of at most 4 u each (Exp 1 ulp, Log 2,
 *   Softplus 3 on the CPU), and of a sum in blocks that adds log₂ n more: below 168 u, 1e-5 for float32 and, by the
 *   same count, 1e-13 for float64. float16 has u = 4.9e-4 and is only ever the type of inputs and outputs, rounded
 *   once or twice: 1e-2 covers 20 u.
 * - Where terms cancel only the absolute error is bounded: that of the CPU's sigmoid, 1.7e-7, times the few that are
 *   added, gives 1e-6.
 * - Counts, indices, masks and strings are exact.
 */
const byType: Readonly<Record<string, Omit<Tolerance, 'source'>>> = {
  float32: usual,
  float64: { rtol: 1e-13, atol: 1e-14 },
  float16: { rtol: 1e-2, atol: 1e-2 },
}

/** One tolerance of the command line: for an output, or for all. */
export interface AskedTolerance {
  readonly output?: string
  readonly value: number
}

/** What a person asks for; it wins over everything. */
export interface Asked {
  readonly rtol?: readonly AskedTolerance[]
  readonly atol?: readonly AskedTolerance[]
}

/** One tolerance for everything: the last that was asked for. */
export const lastAsked = ({ rtol, atol }: Asked, usual: Omit<Tolerance, 'source'>): Omit<Tolerance, 'source'> => ({
  rtol: rtol?.at(-1)?.value ?? usual.rtol,
  atol: atol?.at(-1)?.value ?? usual.atol,
})

const asked = (list: readonly AskedTolerance[] = [], output: string): number | undefined =>
  (list.findLast((a) => a.output === output) ?? list.findLast((a) => a.output === undefined))?.value

/** The tolerance of an output of a case on a provider, and where it comes from. */
export function toleranceOf(
  { standard, outputs }: Tolerances,
  output: string,
  dtype: string,
  provider: Provider = 'cpu',
  wish: Asked = {},
): Tolerance {
  const exact = { rtol: 0, atol: 0 }
  const base = outputs.get(output) ?? standard ?? { ...(byType[dtype] ?? exact), source: `default for ${dtype}` }
  const factor = providers[provider].rounding
  const source = factor === 1 ? base.source : `${base.source}, ×${factor} for ${provider}`
  const [rtol, atol] = [asked(wish.rtol, output), asked(wish.atol, output)]
  const flags = [rtol === undefined ? [] : ['--rtol'], atol === undefined ? [] : ['--atol']].flat()
  return {
    rtol: rtol ?? base.rtol * factor,
    atol: atol ?? base.atol * factor,
    source: [...(flags.length < 2 ? [source] : []), ...flags].join(', '),
  }
}

type Json = Readonly<Record<string, unknown>>

/** The value as a JSON object, or a refusal that says what had to be one. */
export function jsonObject(value: unknown, file: string, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  refuse('E_JSON', file, `${what} must be an object`)
}

function number(json: Json, key: 'rtol' | 'atol', fallback: Tolerance, file: string, at: string): number {
  const value = Object.hasOwn(json, key) ? json[key] : fallback[key]
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value
  const what = `${at}${key} must be a finite number, 0 or more, got ${String(value)}`
  refuse('E_TOLERANCE', file, what)
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
  const standard = given ? read(json, usual, '', `${name}/data.json`) : undefined
  const outputs = new Map<string, Tolerance>()
  const own = Object.hasOwn(json, 'outputs') ? jsonObject(json.outputs, file, '"outputs"') : {}
  for (const [output, part] of Object.entries(own)) {
    const at = `outputs.${quoted(output)}.`
    const source = `${name}/data.json, ${output}`
    outputs.set(output, read(jsonObject(part, file, `"outputs" ${quoted(output)}`), standard ?? usual, at, source))
  }
  return { standard, outputs }
}
