import { createRequire } from 'node:module'
import proto from 'onnx-proto'
import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { decodeTensor } from '../../../src/onnx/proto/decode.js'
import { encodeModel, encodePart, encodeTensor } from '../../../src/onnx/proto/encode.js'
import { readModel } from '../../../src/onnx/proto/read.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { body, model, node, pair, sum, typed, value } from '../../runtime/models.js'

const scalar = (x: number): Tensor => float32([], [x])
const int64 = (shape: number[], ...values: bigint[]): Tensor<'int64'> => ({
  dtype: 'int64',
  shape,
  data: BigInt64Array.from(values),
})

/** Takes one branch or the other: subgraph, tensor, int and string attributes in one model. */
const branching = model({
  inputs: [typed('bool', 'c'), value('x', 'B', 2)],
  outputs: [value('y', 'B', 2)],
  nodes: [
    node('If', ['c'], 'y', {
      then_branch: {
        graph: body({
          name: 'doubled',
          outputs: [value('d', 'B', 2)],
          initializers: [{ name: 'two', tensor: scalar(2) }],
          nodes: [node('Mul', ['x', 'two'], 'd')],
        }),
      },
      else_branch: {
        graph: body({
          name: 'constant',
          outputs: [value('k', 1, 2)],
          nodes: [node('Constant', [], 'k', { value: { tensor: float32([1, 2], [7, 8]) } })],
        }),
      },
    }),
  ],
})

describe('encodeModel', () => {
  it('gives equal bytes for equal models, whatever the order of metadata and attributes', () => {
    const transpose = (attributes: Parameters<typeof node>[3]) =>
      model({ nodes: [node('Custom', ['x'], 'y', attributes)] })
    const a = encodeModel(sum({ metadata: { b: '2', a: '1' } }))
    expect(encodeModel(sum({ metadata: { a: '1', b: '2' } }))).toEqual(a)
    expect(encodeModel(transpose({ p: { int: 1 }, q: { float: 0.5 } }))).toEqual(
      encodeModel(transpose({ q: { float: 0.5 }, p: { int: 1 } })),
    )
  })

  it('writes what both decoders read', () => {
    const bytes = encodeModel(sum({ metadata: { b: '2', a: '1' } }))
    const theirs = proto.onnx.ModelProto.decode(bytes)
    expect(theirs.metadataProps.map((e) => [e.key, e.value])).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
    expect(theirs.graph?.input?.[0]?.type?.tensorType?.shape?.dim?.[0]?.dimParam).toBe('B')
    expect(readModel(bytes, 'sum')).toEqual({
      irVersion: 8,
      opsets: new Map([['', 17]]),
      producer: { name: 'test', version: '1' },
      inputs: [
        { name: 'x', dtype: 'float32', shape: ['B', 2] },
        { name: 'w', dtype: 'float32', shape: ['B', 2] },
      ],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['B', 2] }],
      metadata: new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
      nodes: [{ name: 'n/y', op: 'Add', domain: '', inputs: ['x', 'w'], outputs: ['y'], reads: ['x', 'w'] }],
      initializers: [],
    })
  })

  it('writes subgraphs that onnxruntime runs', async () => {
    const run = async (flag: number) => {
      const c: Tensor = { dtype: 'bool', shape: [], data: Uint8Array.of(flag) }
      return (await evaluateModel(encodeModel(branching), { c, x: pair(1, 2) })).get('y')?.data
    }
    expect(await run(1)).toEqual(Float32Array.of(2, 4))
    expect(await run(0)).toEqual(Float32Array.of(7, 8))
  })

  it('writes every kind of attribute so that onnxruntime understands it', async () => {
    const bytes = encodeModel(
      model({
        inputs: [value('x', 'B', 2)],
        outputs: [value('y', 2, 'B')],
        initializers: [{ name: 'extra', tensor: int64([2], 2n, -1n) }],
        nodes: [
          node('LeakyRelu', ['x'], 'a', { alpha: { float: 0.5 } }),
          node('Transpose', ['a'], 'b', { perm: { ints: [1, 0] } }),
          node('Cast', ['b'], 'c', { to: { int: 11 } }),
          node('Cast', ['c'], 'd', { to: { int: 1 } }),
          node('Einsum', ['d'], 'e', { equation: { string: 'ij->ij' } }),
          node('Reshape', ['e', 'extra'], 'y'),
        ],
      }),
    )
    expect((await evaluateModel(bytes, { x: pair(1, -2, 3, -4) })).get('y')).toEqual({
      dtype: 'float32',
      shape: [2, 2],
      data: Float32Array.of(1, 3, -1, -2),
    })
  })

  it('writes numbers of a list one by one, as ONNX itself does, and so does each part of a model', () => {
    const nodes = [node('Custom', ['x'], 'y', { axes: { ints: [1, -1, 300] }, scales: { floats: [0.5, 2] } })]
    const whole = model({ nodes, initializers: [{ name: 'w', tensor: float32([2, 1], [3, 4]) }] })
    const axes = [8 * 8, 1, 8 * 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 8 * 8, 172, 2]
    const scales = [7 * 8 + 5, 0, 0, 0, 63, 7 * 8 + 5, 0, 0, 0, 64]
    const dims = [8, 2, 8, 1]
    const hex = (bytes: ArrayLike<number>) => Buffer.from(Array.from(bytes)).toString('hex')
    for (const list of [axes, scales, dims]) expect(hex(encodeModel(whole))).toContain(hex(list))
    for (const list of [axes, scales]) expect(hex(encodePart.node(nodes[0] as never))).toContain(hex(list))
    expect(hex(encodePart.initializer(whole.body.initializers[0] as never))).toContain(hex(dims))
    expect(readModel(encodeModel(whole), 'list').nodes[0]).toMatchObject({ op: 'Custom' })
  })

  it('refuses integers that a double does not hold', () => {
    const bytes = () => encodeModel(model({ nodes: [node('Custom', [], 'y', { i: { int: 2 ** 60 } })] }))
    expect(bytes).toThrow('internal: attribute i')
  })

  it('runs onnx-proto on protobufjs 8', () => {
    const own = createRequire(import.meta.url)
    const theirs = createRequire(own.resolve('onnx-proto'))
    expect(theirs('protobufjs/package.json').version).toMatch(/^8\./)
  })
})

describe('encodeTensor', () => {
  const tensors: Tensor[] = [
    float32([2, 2], [1, Number.NaN, -0, Number.POSITIVE_INFINITY]),
    { dtype: 'float64', shape: [1], data: Float64Array.of(Math.PI) },
    { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0xfc00) },
    { dtype: 'int32', shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) },
    int64([2], -(2n ** 63n), 2n ** 63n - 1n),
    { dtype: 'bool', shape: [3], data: Uint8Array.of(0, 1, 1) },
    { dtype: 'float32', shape: [0, 3], data: new Float32Array() },
    { dtype: 'float32', shape: [], data: Float32Array.of(3) },
  ]
  it.each(tensors)('keeps $dtype $shape', (tensor) => {
    expect(decodeTensor(encodeTensor('a/b', tensor), 'input_0.pb')).toEqual({ name: 'a/b', tensor })
  })

  it('writes a view into a larger buffer, and no more than that', () => {
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3)
    expect(decodeTensor(encodeTensor('v', { dtype: 'float32', shape: [2], data }), 'v').tensor.data).toEqual(
      Float32Array.of(2, 3),
    )
  })
})
