import { InvalidArgumentError } from 'commander'
import {
  defaultLimits,
  type Limits,
  limitRanges,
  optimizations,
  type Provider,
  providerNames,
} from '../../runtime/index.js'
import type { AskedTolerance } from '../../verify/index.js'
import { flag, flagsOf } from './flag.js'
import { numberFrom } from './parse.js'

const isProvider = (name: string): name is Provider => (providerNames as readonly string[]).includes(name)

/** `cpu,webgpu`: one or more providers, none twice. */
function parseProviders(text: string): Provider[] {
  const names = text.split(',').map((name) => name.trim())
  return [...new Set(names)].map((name) => {
    if (isProvider(name)) return name
    throw new InvalidArgumentError(`"${name}" is none of ${providerNames.join(', ')}.`)
  })
}

/** `1e-5`, or `conf_0:1e-5` for one output; the flag may be given again. */
function parseTolerance(text: string, before: readonly AskedTolerance[] = []): AskedTolerance[] {
  const colon = text.lastIndexOf(':')
  const number = text.slice(colon + 1)
  const value = Number(number)
  if (number.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError(`"${number}" is no finite number of 0 or more.`)
  return [...before, colon < 0 ? { value } : { output: text.slice(0, colon), value }]
}

export const oneProvider = flag('--ep <name>', 'execution provider', { choices: providerNames, default: 'cpu' })

/** @param words what stands before and after the list of all */
export const someProviders = (before: string, after = '') =>
  flag('--ep <names>', `${before}: ${providerNames.join(', ')}${after}`, { parse: parseProviders, default: ['cpu'] })

export const optimization = flag('--optimization <level>', 'how far onnxruntime may rewrite the graph', {
  choices: optimizations,
  default: 'all',
})

/** What a run may use. @param timeout, memory for what */
export const limits = (timeout: string, memory: string) =>
  flagsOf(
    flag('--timeout <seconds>', timeout, { parse: numberFrom(...limitRanges.timeout), default: defaultLimits.timeout }),
    flag('--memory <MiB>', memory, { parse: numberFrom(...limitRanges.memory), default: defaultLimits.memory }),
  )

/** Where one run takes place, and what it may use. */
export const placeOf = ({ ep: provider, timeout, memory }: Limits & { readonly ep: Provider }) => ({
  provider,
  limits: { timeout, memory },
})

/** What differs and yet passes. @param value how a value is spelled @param rtol, atol what they say */
export const tolerances = (value: string, rtol: string, atol: string) =>
  flagsOf(
    flag(`--rtol <${value}>`, rtol, { parse: parseTolerance }),
    flag(`--atol <${value}>`, atol, { parse: parseTolerance }),
  )

export const fixtures = flag('--fixtures <dir>', 'folder of cases', { default: 'fixtures' })

/** @param instead what it replaces */
export const json = (instead = 'text') => flag('--json', `one JSON object instead of ${instead}`)
