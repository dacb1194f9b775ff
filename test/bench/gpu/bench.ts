import type { Provider } from '../../../src/runtime/providers/all.js'
import { type BenchCase, type BenchData, makeData } from '../cases.js'
import { type Effort, measure } from '../measure.js'
import { profileOf } from '../profile.js'
import type { Found } from '../python.js'
import type { CaseReport } from '../report.js'
import { type Store, store } from '../store.js'
import { isPresent, type Maybe, type Outputs, ours, type Variant } from '../variants.js'
import { Worker } from '../worker.js'
import { torchOnGpu } from './peers.js'
import { type Trace, traceOf } from './trace.js'

/** What a graph of ours did on the provider. */
export interface Traced extends Trace {
  readonly name: string
  /** Bytes that cross the bus at every run. */
  readonly traffic: { readonly inputs: number; readonly outputs: number }
}

/** One case on another provider than the CPU. */
export interface GpuReport extends CaseReport {
  readonly provider: Provider
  /** How far the loss of ours may be from the oracle's, relative. */
  readonly tolerance: number
  readonly traces: readonly Traced[]
}

const outputs: readonly Outputs[] = [[], ['gradients'], ['components', 'gradients']]

/** The form for the provider and the one for CPUs, there; and the latter where it belongs, for comparison. */
function variantsOn(provider: Provider, data: BenchData, files: Store): Maybe[] {
  const there = outputs.flatMap((more) =>
    (['static', 'compact'] as const).map((form) => ours(form, more, data, files, provider)),
  )
  const here = outputs.slice(0, 2).map((more) => ours('compact', more, data, files))
  return [...there, ...here.map((variant) => ({ ...variant, name: `${variant.name}, on the CPU` }))]
}

async function traced(variant: Variant, provider: Provider, files: Store, runs: number): Promise<Traced> {
  const worker = await Worker.start(variant.command)
  const [inputs = Number.NaN, back = Number.NaN] = await worker.ask('traffic').finally(() => worker.stop())
  const text = await profileOf(files, variant.graph as string, provider, runs)
  return { name: variant.name, traffic: { inputs, outputs: back }, ...traceOf(text, provider) }
}

/**
 * Times one case on a provider, our graphs and PyTorch in turns, and then looks where each graph ran.
 * @throws WrongLoss when a loss is not the oracle's; nothing is timed then
 */
export async function benchOn(
  provider: Provider,
  bench: BenchCase,
  torch: Found,
  effort: Effort,
  runs: number,
): Promise<GpuReport> {
  const data = makeData(bench)
  const files = store(data)
  try {
    const own = variantsOn(provider, data, files)
    const measured = await measure([...own, ...torchOnGpu(torch, files)], data.loss, effort)
    const ran = (v: Variant) => measured.timings.some(({ name }) => name === v.name) && !v.name.endsWith('CPU')
    const traces: Traced[] = []
    for (const variant of own.filter(isPresent).filter(ran)) traces.push(await traced(variant, provider, files, runs))
    const tolerance = Math.max(...own.filter(isPresent).map((v) => v.tolerance))
    return { case: bench, provider, inputs: files.bytes, loss: data.loss, tolerance, traces, ...measured }
  } finally {
    files.remove()
  }
}
