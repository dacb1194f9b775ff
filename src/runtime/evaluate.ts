import { type AnyTensor, type DType, expectArguments, must, type Tensor } from '../io/index.js'
import { encodeModel, expectValue, namesRead, type Value } from '../onnx/index.js'
import type { Feeds } from './feeds.js'
import { defaultLimits, type Limits } from './isolation/child.js'
import { runOnce } from './isolation/isolate.js'
import { evaluateModel } from './session.js'

/** Where `evaluate` runs. */
export interface EvaluateOptions {
  /**
   * Whether in a child process, which takes about half a second and keeps this one alive whatever the graph does:
   * onnxruntime dies of an integer division such as -2147483648 / -1. True for 60 seconds and 4096 MiB, or other limits.
   */
  readonly isolate?: boolean | Partial<Limits>
}

const limits = must.options({ timeout: must.number, memory: must.number })
const ofEvaluation = {
  feeds: must.named(must.tensor),
  options: must.options({ isolate: must.either(must.yesOrNo, limits) }),
}

/**
 * What a value of a graph is for given inputs, as one asks a Keras session: builds the part of the graph it needs, runs
 * it and returns it. `feeds` holds the inputs this part reads; others are an error.
 * @throws InputError for feeds that do not fit, RuntimeMissingError without onnxruntime-node; with `isolate` errors of the
 *   same names and codes, `E_TIMEOUT` or `E_MEMORY` beyond the limits and `E_CRASH` when the child process dies
 */
export async function evaluate<D extends DType>(
  value: Value<D>,
  feeds: Feeds = {},
  options: EvaluateOptions = {},
): Promise<Tensor<D>> {
  expectValue('evaluate', value)
  expectArguments('evaluate', ofEvaluation, { feeds, options })
  const { isolate = false } = options
  let name = 'value'
  while (value.graph.types.has(name)) name += '_'
  const model = value.graph.build({ [name]: value })
  const read = new Set(model.body.nodes.flatMap(namesRead))
  const inputs = model.body.inputs.filter((input) => read.has(input.name))
  const bytes = encodeModel({ ...model, body: { ...model.body, inputs } })
  const results = isolate === false ? await evaluateModel(bytes, feeds) : await outside(bytes, feeds, isolate)
  return results.get(name) as Tensor<D>
}

async function outside(
  model: Uint8Array,
  feeds: Feeds,
  isolate: true | Partial<Limits>,
): Promise<ReadonlyMap<string, AnyTensor>> {
  const limits = { ...defaultLimits, ...(isolate === true ? {} : isolate) }
  const { outputs } = await runOnce({ provider: 'cpu', limits }, { file: 'model', model, feeds })
  return outputs
}
