import { InvalidArgumentError } from 'commander'
import type { Provider } from '../../runtime/index.js'
import type { AskedTolerance } from '../../verify/index.js'

const providers: readonly Provider[] = ['cpu', 'webgpu', 'cuda']

const isProvider = (name: string): name is Provider => (providers as readonly string[]).includes(name)

/** `cpu,webgpu`: one or more providers, none twice. */
export function parseProviders(text: string): Provider[] {
  const names = text.split(',').map((name) => name.trim())
  return [...new Set(names)].map((name) => {
    if (isProvider(name)) return name
    throw new InvalidArgumentError(`"${name}" is none of ${providers.join(', ')}.`)
  })
}

/** `1e-5`, or `conf_0:1e-5` for one output; the flag may be given again. */
export function parseTolerance(text: string, before: readonly AskedTolerance[] = []): AskedTolerance[] {
  const colon = text.lastIndexOf(':')
  const number = text.slice(colon + 1)
  const value = Number(number)
  if (number.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError(`"${number}" is no finite number of 0 or more.`)
  return [...before, colon < 0 ? { value } : { output: text.slice(0, colon), value }]
}

/** A number above 0, for limits. */
export function parseLimit(text: string): number {
  const value = Number(text)
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError(`"${text}" is no number above 0.`)
  return value
}
