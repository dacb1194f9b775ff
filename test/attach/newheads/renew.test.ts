import { describe, expect, test } from 'vitest'
import { newHeads } from '../../../src/attach/newheads/renew.js'
import { openDetector } from '../../../src/detector/open.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { dataTypeName } from '../../../src/onnx/graph/dtypes.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { exact } from '../../../src/onnx/proto/codec.js'
import { tensorFrom } from '../../../src/onnx/proto/decode.js'
import { encodeModel, encodePart } from '../../../src/onnx/proto/encode.js'
import type { TensorProto } from '../../../src/onnx/proto/messages.js'
import { joined, splice } from '../../../src/onnx/proto/wire.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { type HeadForm, type TinyOptions, tinyConfig, tinyDetector } from '../../attach/detector.js'

const config = { ...tinyConfig, classes: 4 }
const [wanted, entries] = [27, 9]
const seed = 3
const renew = (model: Uint8Array, heads?: readonly string[]) =>
  newHeads(model, config, { seed, ...(heads && { heads }) })

const tiny = (options: TinyOptions = {}) => tinyDetector({ opset: 17, irVersion: 8, batch: 2, ...options })

/** Numbers of an initializer. */
function numbersIn(model: Uint8Array, name: string): number[] {
  const { tensor } = tensorFrom(openDetector(model, 'model').initializers.get(name) as TensorProto, 'model')
  return Array.from((tensor as Tensor<'float32'>).data)
}

const declaredIn = (model: Uint8Array) => {
  const { graph } = openDetector(model, 'model')
  return [...graph.valueInfo, ...graph.output].map(({ name, type }) => [
    name,
    (type?.tensorType?.shape?.dim ?? []).map((d) => exact(d.dimValue)),
  ])
}

const image = float32([2, 3, 96, 64], new Float32Array(2 * 3 * 96 * 64).fill(0.5))

describe('new heads', () => {
  test('are convolutions of A·(5+C) channels, uniform within 1/√fan-in, with −4.6 as the bias of the objectness', () => {
    const { bytes, heads } = renew(tiny())
    expect(heads).toEqual([
      { name: 'coarse', channels: [21, wanted] },
      { name: 'fine', channels: [21, wanted] },
    ])
    const weight = numbersIn(bytes, 'const/head0.weight')
    expect(weight).toHaveLength(wanted * 16)
    const bound = 1 / Math.sqrt(16)
    expect(Math.max(...weight.map(Math.abs))).toBeLessThanOrEqual(bound)
    expect(Math.max(...weight)).toBeGreaterThan(0.9 * bound)
    expect(Math.min(...weight)).toBeLessThan(-0.9 * bound)
    const mean = weight.reduce((a, b) => a + b, 0) / weight.length
    expect(Math.abs(mean)).toBeLessThan((4 * bound) / Math.sqrt(3 * weight.length))
    const bias = numbersIn(bytes, 'const/head0.bias')
    expect(bias).toHaveLength(wanted)
    for (const [i, b] of bias.entries())
      if (i % entries === 4) expect(b).toBe(Math.fround(-4.6))
      else expect(Math.abs(b)).toBeLessThanOrEqual(bound)
  })

  test('are the same bytes for the same seed, and others for another', () => {
    const [a, b] = [renew(tiny()).bytes, renew(tiny()).bytes]
    expect(Buffer.compare(a, b)).toBe(0)
    expect(Buffer.compare(a, newHeads(tiny(), config, { seed: 4 }).bytes)).not.toBe(0)
  })

  test('leave every other part of the model as it is', () => {
    const [before, after] = [tiny(), renew(tiny()).bytes].map((model) => openDetector(model, 'model').model)
    const rest = (model: typeof before) => ({
      ...model,
      graph: { ...model?.graph, initializer: [], output: [], valueInfo: [] },
    })
    expect(JSON.stringify(rest(after))).toBe(JSON.stringify(rest(before)))
    const others = (model: typeof before) =>
      (model?.graph?.initializer ?? []).filter(({ name }) => !name.includes('head'))
    expect(others(after)).toEqual(others(before))
  })

  test.each<[HeadForm, readonly number[]]>([
    ['nchw', [2, wanted, 3, 2]],
    ['nhwc', [2, 3, 2, wanted]],
    ['nachw', [2, 3, entries, 3, 2]],
    ['nahwc', [2, 3, 3, 2, entries]],
    ['nhwac', [2, 3, 2, 3, entries]],
    ['flat-hwa', [2, 18, entries]],
    ['flat-ahw', [2, 18, entries]],
  ])('of the form %s have corrected sizes, and run', async (head, shape) => {
    const { bytes } = renew(tiny({ head }))
    expect(JSON.stringify(declaredIn(bytes))).not.toMatch(/\b(21|7)\b/)
    const out = await evaluateModel(bytes, { image })
    expect(out.get('coarse')?.shape).toEqual(shape)
    expect(openDetector(bytes, 'new').types.get('coarse')?.shape).toEqual(shape)
  })

  test('take the place of heads with any number of classes, also of the number of cells', async () => {
    // 8 classes make 13 entries, as many as the rows of the grid.
    const model = headed((g, x) => g.emit('Reshape', [x, g.ints([2, 3, 13, 13, 13])], ['float32', [2, 3, 13, 13, 13]]))
    const { bytes } = newHeads(model, { ...config, anchorMask: [[0, 1, 2]] }, { seed })
    const out = await evaluateModel(bytes, { x: float32([2, 4, 13, 13], new Float32Array(2 * 4 * 169)) })
    expect(out.get('head')?.shape).toEqual([2, 3, entries, 13, 13])
  })

  test('give a convolution without a bias one', async () => {
    const { bytes } = newHeads(headed(), { ...config, anchorMask: [[0, 1, 2]] }, { seed })
    const out = await evaluateModel(bytes, { x: float32([2, 4, 13, 13], new Float32Array(2 * 4 * 169)) })
    const values = (out.get('head') as Tensor<'float32'>).data
    expect(out.get('head')?.shape).toEqual([2, wanted, 13, 13])
    expect(values[4 * 169]).toBe(Math.fround(-4.6))
  })

  test('are split by sizes that are put together when the model runs', async () => {
    const open = headed((g, x) => {
      const [shape, batch] = [g.emit('Shape', [x], ['int64', [4]]), g.ints([0])]
      const first = g.emit('Gather', [shape, batch], ['int64', [1]], { axis: { int: 0 } })
      const sizes = g.emit('Concat', [first, g.ints([3, 13]), g.ints([13]), g.ints([-1])], ['int64', [5]], {
        axis: { int: 0 },
      })
      return g.emit('Reshape', [x, sizes], ['float32', [2, 3, 13, 13, 13]])
    })
    const { bytes } = newHeads(open, { ...config, anchorMask: [[0, 1, 2]] }, { seed })
    const out = await evaluateModel(bytes, { x: float32([2, 4, 13, 13], new Float32Array(2 * 4 * 169)) })
    expect(out.get('head')?.shape).toEqual([2, 3, entries, 13, 13])
  })

  test('are found behind names, too', () => {
    const model = tiny({ head: 'flat-hwa' })
    expect(Buffer.compare(renew(model, ['coarse', 'fine']).bytes, renew(model).bytes)).toBe(0)
  })
})

/** A detector of one head, a convolution without a bias. */
function headed(
  behind?: (graph: Graph, x: ReturnType<Graph['input']>) => unknown,
  more?: (graph: Graph, w: never) => never,
): Uint8Array {
  const graph = new Graph({ opset: 17 })
  const x = graph.input('x', 'float32', [2, 4, 13, 13])
  const weight = graph.constant(float32([39, 4, 1, 1], new Float32Array(39 * 4).fill(0.1)), 'weight')
  const conv = graph.emit('Conv', [x, weight], ['float32', [2, 39, 13, 13]])
  const head = (behind ? behind(graph, conv as never) : conv) as typeof conv
  return encodeModel(graph.build({ head, ...(more && { more: more(graph, weight as never) }) }))
}

describe('are refused by name', () => {
  const one = { ...config, anchorMask: [[0, 1, 2]] }
  test('where a node behind looks at the channels', () => {
    expect(() => renew(tiny({ head: 'sigmoid' }), ['head0/Conv', 'head1/Conv'])).toThrow(
      /\(Sigmoid\) reads "head0\/Conv"/,
    )
    expect(() => renew(tiny({ head: 'sigmoid' }))).toThrow('2 heads are wanted, one a scale, and 0 convolutions')
    const both = headed(undefined, ((g: Graph) => {
      const made = g.root.nodes[0]?.outputs[0] as string
      return g.emit('Sigmoid', [g.valueOf(made)], ['float32', [2, 39, 13, 13]])
    }) as never)
    expect(() => newHeads(both, one, { seed })).toThrow(/"Sigmoid".*\(Sigmoid\) reads "head", whose channels/)
  })

  test('where another node has the weight, too', () => {
    const shared = headed(undefined, ((g: Graph, w: never) =>
      g.emit('Identity', [w], ['float32', [39, 4, 1, 1]])) as never)
    expect(() => newHeads(shared, one, { seed })).toThrow(/its parameter ".*weight" is that of node/)
  })

  test('where sizes are read by another node, are worked out, or are none of a head', () => {
    const sizes = headed((g, x) => g.emit('Reshape', [x, g.ints([2, 39, 169])], ['float32', [2, 39, 169]]), ((
      g: Graph,
    ) => g.emit('Identity', [g.ints([2, 39, 169])], ['int64', [3]])) as never)
    expect(() => newHeads(sizes, one, { seed })).toThrow(/the sizes .* are read by node/)
    const odd = headed((g, x) => g.emit('Reshape', [x, g.ints([2, 13, 3, 169])], ['float32', [2, 13, 3, 169]]))
    expect(() => newHeads(odd, one, { seed })).toThrow('which is no head with these anchors')
    const made = headed((g, x) => {
      const shape = g.emit('Neg', [g.ints([-2, -39, -169])], ['int64', [3]])
      return g.emit('Reshape', [x, shape], ['float32', [2, 39, 169]])
    })
    expect(() => newHeads(made, one, { seed })).toThrow('takes its sizes from other nodes')
  })

  test('where no convolution makes a head, and a seed that is none', () => {
    expect(() => newHeads(headed(), one, { seed, heads: ['x'] })).toThrow('no node makes a value "x"')
    const summed = headed((g, x) => g.emit('Relu', [x], ['float32', [2, 39, 13, 13]]))
    expect(() => newHeads(summed, one, { seed, heads: ['head'] })).toThrow(/comes from node .*Relu/)
    expect(() => newHeads(headed(), one, { seed: 1.5 })).toThrow('must be a whole number')
  })
})

test('a detector whose initializers are inputs, too, has both corrected', async () => {
  const { graph, graphBytes, bytes: plain } = openDetector(tiny(), 'tiny')
  const put = graph.initializer.map(({ name, dims, dataType }) =>
    encodePart.value({ name, dtype: dataTypeName(dataType) as 'float32', shape: dims.map(exact) }),
  )
  const inputs = splice(graphBytes, [{ number: 11, at: graph.input.length, count: 0, put }])
  const { bytes } = renew(joined(splice(plain, [{ number: 7, at: 0, count: 1, put: [inputs] }])))
  expect(openDetector(bytes, 'new').info.inputs.map(({ name }) => name)).toEqual(['image'])
  expect((await evaluateModel(bytes, { image })).get('fine')?.shape).toEqual([2, wanted, 6, 4])
})
