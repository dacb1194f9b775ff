import type { DType, Tensor } from '../../src/io/tensor.js'
import type { Body, Model, Node, ValueInfo } from '../../src/onnx/graph/model.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'

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

const scalar = (dtype: DType, data: BigInt64Array | Uint8Array): Tensor => ({ dtype, shape: [], data }) as Tensor

/** A Loop that never ends: its condition stays true and its trip count is not given. */
export const endless: Model = model({
  outputs: [typed('int64', 'y')],
  initializers: [
    { name: 'go', tensor: scalar('bool', Uint8Array.of(1)) },
    { name: 'zero', tensor: scalar('int64', BigInt64Array.of(0n)) },
  ],
  nodes: [
    node('Loop', ['', 'go', 'zero'], 'y', {
      body: {
        graph: body({
          inputs: [typed('int64', 'i'), typed('bool', 'c'), typed('int64', 'v')],
          outputs: [typed('bool', 'c_out'), typed('int64', 'v_out')],
          nodes: [node('Identity', ['c'], 'c_out'), node('Add', ['v', 'i'], 'v_out')],
        }),
      },
    }),
  ],
})

/** `y = x` expanded to the shape `s`, as large as one likes. */
export const huge: Model = model({
  inputs: [value('x', 1, 1), typed('int64', 's', 2)],
  outputs: [value('y', 'a', 'b')],
  nodes: [node('Expand', ['x', 's'], 'y')],
})
