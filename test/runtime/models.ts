import type { Body, Model, Node, ValueInfo } from '../../src/graph/model.js'
import type { DType, Tensor } from '../../src/graph/tensor.js'
import { encodeModel } from '../../src/proto/encode.js'

/** `value('x', 'B', 2)` is float32[B,2]. */
export const value = (name: string, ...shape: (number | string)[]): ValueInfo => ({ name, dtype: 'float32', shape })

export const typed = (dtype: DType, name: string, ...shape: (number | string)[]): ValueInfo => ({ name, dtype, shape })

export const node = (op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node => ({
  name: `n/${output}`,
  op,
  inputs,
  outputs: [output],
  attributes,
})

export const body = (part: Partial<Body>): Body => ({
  name: 'g',
  inputs: [],
  outputs: [],
  initializers: [],
  nodes: [],
  values: [],
  ...part,
})

export const model = (part: Partial<Body>, more: Partial<Model> = {}): Model => ({
  irVersion: 8,
  opset: 17,
  producer: { name: 'test', version: '1' },
  metadata: {},
  body: body(part),
  ...more,
})

/** `y = x + w` over float32[B,2], both named inputs. */
export const sum = (more: Partial<Model> = {}): Model =>
  model(
    {
      inputs: [value('x', 'B', 2), value('w', 'B', 2)],
      outputs: [value('y', 'B', 2)],
      nodes: [node('Add', ['x', 'w'], 'y')],
    },
    more,
  )

export const sumBytes = encodeModel(sum())

/** A model of one node from `x` to `y`, both of one type. */
export const unary = (op: string, dtype: DType, ...shape: (number | string)[]): Uint8Array =>
  encodeModel(
    model({
      inputs: [typed(dtype, 'x', ...shape)],
      outputs: [typed(dtype, 'y', ...shape)],
      nodes: [node(op, ['x'], 'y')],
    }),
  )

export const pair = (...values: number[]): Tensor<'float32'> => ({
  dtype: 'float32',
  shape: [values.length / 2, 2],
  data: Float32Array.from(values),
})
