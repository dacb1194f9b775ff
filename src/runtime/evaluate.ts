import type { DType, Tensor } from '../io/index.js'
import { encodeModel, namesRead, type Value } from '../onnx/index.js'
import type { Feeds } from './feeds.js'
import { evaluateModel } from './session.js'

/**
 * What a value of a graph is for given inputs, as one asks a Keras session: builds the part of the graph it needs, runs
 * it and returns it. `feeds` holds the inputs this part reads; others are an error.
 * @throws InputError for feeds that do not fit, RuntimeMissingError without onnxruntime-node
 */
export async function evaluate<D extends DType>(value: Value<D>, feeds: Feeds = {}): Promise<Tensor<D>> {
  let name = 'value'
  while (value.graph.types.has(name)) name += '_'
  const model = value.graph.build({ [name]: value })
  const read = new Set(model.body.nodes.flatMap(namesRead))
  const inputs = model.body.inputs.filter((input) => read.has(input.name))
  const results = await evaluateModel(encodeModel({ ...model, body: { ...model.body, inputs } }), feeds)
  return results.get(name) as Tensor<D>
}
