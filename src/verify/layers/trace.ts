import { join } from 'node:path'
import { type AnyTensor, isForeseen, readBytes, readTogether, refuse } from '../../io/index.js'
import { type Dissection, dissect, readModel } from '../../onnx/index.js'
import { type Feeds, isGeneral, type Optimization, type Provider, type Runner } from '../../runtime/index.js'
import { bindTensors, readCase } from '../cases/testcase.js'

/** A model and where it runs: one of the two that are compared. */
export interface Side {
  /** What to call it in the report. */
  readonly label: string
  readonly bytes: Uint8Array
  readonly file: string
  readonly provider: Provider
  readonly optimization: Optimization
  readonly runner: Runner
}

/** Every value of a model for one set of inputs, as far as it runs. */
export interface Trace {
  readonly label: string
  readonly graph: Dissection
  /** Inputs, and all that the nodes make, by name. */
  readonly values: ReadonlyMap<string, AnyTensor>
  /** How many nodes, in topological order, could be run. */
  readonly ran: number
  /** Why the node after them does not run. */
  readonly failure?: string
}

/** Runs a model on a side, with its own optimisation unless said. */
export async function runOn(side: Side, model: Uint8Array, feeds: Feeds, optimization = side.optimization) {
  const { file, provider } = side
  const { runs } = await side.runner({ file, model, session: { provider, optimization }, feeds: [feeds] })
  return runs[0]
}

/** Those of the values that are inputs of a model. */
export function feedsOf(model: Uint8Array, file: string, values: ReadonlyMap<string, AnyTensor>): Feeds {
  const names = readModel(model, file).inputs.map((i) => i.name)
  return Object.fromEntries(names.flatMap((name) => (values.has(name) ? [[name, values.get(name)]] : []))) as Feeds
}

type Attempt = { readonly values: Map<string, AnyTensor> } | { readonly failure: string }

async function attempt(side: Side, graph: Dissection, count: number, feeds: Feeds): Promise<Attempt> {
  try {
    const model = graph.exposed(count)
    const run = await runOn(side, model, feedsOf(model, side.file, new Map(Object.entries(feeds))))
    if (run === undefined || 'error' in run) return { failure: run?.error.message ?? 'it did not run' }
    return { values: new Map([...Object.entries(feeds), ...run.outputs]) }
  } catch (error) {
    // These would befall every attempt, so that halving the graph could not find a cause.
    if (!isForeseen(error) || isGeneral(error) || error.code === 'E_TIMEOUT') throw error
    return { failure: error.message }
  }
}

/**
 * Runs a model with every value as an output. If it fails, as much of it as runs: found by halving, since neither a
 * failing node nor one that contradicts its shapes is always named.
 * @throws errors of the provider, and LimitError when time runs out
 */
export async function trace(side: Side, feeds: Feeds): Promise<Trace> {
  const graph = dissect(side.bytes, side.file)
  const whole = await attempt(side, graph, graph.nodes.length, feeds)
  const { label } = side
  if ('values' in whole) return { label, graph, values: whole.values, ran: graph.nodes.length }
  let best: { ran: number; values: Map<string, AnyTensor> } = { ran: 0, values: new Map(Object.entries(feeds)) }
  let failing = { at: graph.nodes.length, why: whole.failure }
  while (failing.at - best.ran > 1) {
    const middle = Math.floor((best.ran + failing.at) / 2)
    const part = await attempt(side, graph, middle, feeds)
    if ('values' in part) best = { ran: middle, values: part.values }
    else failing = { at: middle, why: part.failure }
  }
  return { label, graph, ...best, failure: failing.why }
}

/**
 * The values that a folder holds: those `record --layerwise` wrote, or only the outputs.
 * @throws InputError when it is no case
 */
export const recordedTrace = (dir: string): Promise<Trace> => readTogether(dir, () => readTrace(dir))

async function readTrace(dir: string): Promise<Trace> {
  const file = join(dir, 'model.onnx')
  const bytes = await readBytes(file)
  const graph = dissect(bytes, file)
  const [set] = (await readCase(dir)).dataSets
  if (!set) refuse('E_FIXTURE', dir, 'holds no data set')
  const info = readModel(bytes, file)
  const names = (list: readonly { name: string }[]) => list.map((v) => v.name)
  const inputs = bindTensors(set.inputs, names(info.inputs), 'input', dir)
  const outputs = bindTensors(set.outputs, names(info.outputs), 'output', dir)
  return { label: dir, graph, values: new Map([...inputs, ...outputs]), ran: graph.nodes.length }
}
