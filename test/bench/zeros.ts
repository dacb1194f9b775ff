import type { Tensor } from '../../src/io/tensor.js'
import type { Model, Node, ValueInfo } from '../../src/onnx/graph/model.js'

const ints = (...values: number[]): Tensor<'int64'> => ({
  dtype: 'int64',
  shape: [values.length],
  data: BigInt64Array.from(values, BigInt),
})

/**
 * A loss model that also writes tensors of the gradients' size: zeros, one for each cell, padded to 5 + C entries and
 * reshaped. To write as much in this way is what gradients are measured by.
 */
export function withZeros(model: Model): Model {
  const heads = model.body.inputs.filter(({ name }) => name.startsWith('y_pred'))
  const labels = model.body.inputs.filter(({ name }) => name.startsWith('y_true'))
  const parts = heads.map((head, l) => zerosLike(head, labels[l] as ValueInfo, `layer${l}`))
  const { body } = model
  return {
    ...model,
    body: {
      ...body,
      nodes: [...body.nodes, ...parts.flatMap((p) => p.nodes)],
      initializers: [...body.initializers, ...parts.flatMap((p) => p.initializers)],
      outputs: [...body.outputs, ...parts.map((p) => p.output)],
    },
  }
}

function zerosLike(head: ValueInfo, { shape }: ValueInfo, at: string) {
  const node = (op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node => ({
    name: `${at}/${output}`,
    op,
    inputs: inputs.map((name) => (name === head.name ? name : `${at}/${name}`)),
    outputs: [`${at}/${output}`],
    attributes,
  })
  const [anchors, entries] = shape.slice(-2) as [number, number]
  const initializer = (name: string, ...values: number[]) => ({ name: `${at}/${name}`, tensor: ints(...values) })
  const value: Tensor = { dtype: 'float32', shape: [1], data: Float32Array.of(0) }
  return {
    nodes: [
      node('Shape', [head.name], 'shape'),
      node('Slice', ['shape', 'zero', 'three'], 'grid'),
      node('Concat', ['grid', 'cell'], 'cells', { axis: { int: 0 } }),
      node('ConstantOfShape', ['cells'], 'plane', { value: { tensor: value } }),
      node('Pad', ['plane', 'pads'], 'padded'),
      node('Reshape', ['padded', 'shape'], 'zeros'),
    ],
    initializers: [
      initializer('zero', 0),
      initializer('three', 3),
      initializer('cell', anchors, 1),
      initializer('pads', 0, 0, 0, 0, 4, 0, 0, 0, 0, entries - 5),
    ],
    output: { name: `${at}/zeros`, dtype: head.dtype, shape: head.shape },
  }
}
