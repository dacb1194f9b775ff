import { type PlacedNode, placementOf } from '../../../src/runtime/placement.js'
import { type Provider, providers } from '../../../src/runtime/providers/all.js'
import { grouped, type NodeTime, nodeTimes, type ProfileEvent, total } from '../profile.js'
import { spreadOf } from '../stats.js'

/** The nodes that one provider ran in a run. */
export interface Share {
  /** onnxruntime's name, as `CUDAExecutionProvider`. */
  readonly provider: string
  readonly nodes: number
  /** Sum over these nodes of each one's median, in ms. */
  readonly ms: number
}

/** What the device did in a run, by its own clock. */
export interface DeviceTime {
  readonly kernels: number
  readonly ms: number
}

/** Where a graph ran and for how long, from onnxruntime's profile. */
export interface Trace {
  /** The provider asked for first, copies between devices left out. */
  readonly shares: readonly Share[]
  /** Nodes of other providers. */
  readonly elsewhere: readonly PlacedNode[]
  /** Nodes that onnxruntime added to copy between devices, and their time in ms. */
  readonly copies: { readonly nodes: number; readonly ms: number }
  /** Absent where the runtime was built without a profiler of the device. */
  readonly device?: DeviceTime
}

const isCopy = ({ op }: { readonly op: string }): boolean => op.startsWith('Memcpy')

/** @param text the profile of several runs of one graph on one input */
export function traceOf(text: string, provider: Provider): Trace {
  const events = JSON.parse(text) as ProfileEvent[]
  const { nodes, memcpy } = placementOf(text)
  const times = nodeTimes(events)
  const asked = providers[provider].profiled
  const byProvider = grouped(
    times.filter((t) => !isCopy(t)),
    (t) => t.provider,
  )
  const device = deviceTime(events, provider)
  return {
    shares: [...new Set([asked, ...byProvider.keys()])].map((name) => shareOf(name, byProvider.get(name) ?? [])),
    elsewhere: nodes.filter((node) => node.provider !== asked),
    copies: { nodes: memcpy, ms: total(times.filter(isCopy)) },
    ...(device && { device }),
  }
}

const shareOf = (provider: string, of: readonly NodeTime[]): Share => ({ provider, nodes: of.length, ms: total(of) })

/** Where the profile has what the device did: WebGPU's timestamp queries, and CUPTI's kernels, which it mixes with copies. */
const onDevice = (provider: Provider) => {
  const category = provider === 'webgpu' ? 'Api' : 'Kernel'
  return ({ cat, name }: ProfileEvent) => cat === category && !/^memcpy/i.test(name)
}

/** The kernels of all runs in their order, cut into as many equal parts as there were runs: the median part. */
function deviceTime(events: readonly ProfileEvent[], provider: Provider): DeviceTime | undefined {
  const runs = events.filter(({ cat, name }) => cat === 'Session' && name === 'model_run').length
  const kernels = events.filter(onDevice(provider)).toSorted((a, b) => (a.ts ?? 0) - (b.ts ?? 0))
  if (kernels.length === 0 || runs === 0) return undefined
  const sums = Array.from({ length: runs }, () => 0)
  for (const [i, { dur }] of kernels.entries()) {
    const run = Math.floor((i * runs) / kernels.length)
    sums[run] = (sums[run] ?? 0) + dur / 1000
  }
  return { kernels: Math.round(kernels.length / runs), ms: spreadOf(sums).median }
}
