import type { Model, Node } from '../../src/graph/model.js'
import type { Tensor } from '../../src/graph/tensor.js'

const ints = (...values: number[]): Tensor<'int64'> => ({
  dtype: 'int64',
  shape: [values.length],
  data: BigInt64Array.from(values, BigInt),
})

/**
 * A model of which only the first element of each tensor comes out, so that the tensors stay where they were made, as
 * PyTorch's do: Node's binding copies every output into JavaScript, which takes longer than to calculate it.
 */
export function withinRuntime(model: Model): Model {
  const { body } = model
  const tensors = body.outputs.filter(({ shape }) => shape.length > 0)
  const initializers = tensors.flatMap(({ name, shape }) => [
    { name: `${name}/from`, tensor: ints(...shape.map(() => 0)) },
    { name: `${name}/to`, tensor: ints(...shape.map(() => 1)) },
  ])
  const nodes = tensors.map(({ name }): Node => {
    return {
      name: `${name}/first`,
      op: 'Slice',
      inputs: [name, `${name}/from`, `${name}/to`],
      outputs: [`${name}/first`],
      attributes: {},
    }
  })
  const first = tensors.map(({ name, dtype, shape }) => ({ name: `${name}/first`, dtype, shape: shape.map(() => 1) }))
  return {
    ...model,
    body: {
      ...body,
      nodes: [...body.nodes, ...nodes],
      initializers: [...body.initializers, ...initializers],
      values: [...body.values, ...tensors],
      outputs: [...body.outputs.filter(({ shape }) => shape.length === 0), ...first],
    },
  }
}
