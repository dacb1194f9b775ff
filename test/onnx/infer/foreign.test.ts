import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { tensorOf } from '../../../src/onnx/graph/constants.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { graphOfModel } from '../../../src/onnx/infer/foreign.js'
import { reduceSum } from '../../../src/onnx/math.js'
import { decodeModel } from '../../../src/onnx/proto/codec.js'
import { tensorFrom } from '../../../src/onnx/proto/decode.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import type { V } from '../../../src/onnx/reverse/applied.js'
import { gradients } from '../../../src/onnx/reverse/gradients.js'
import { stackLoop } from '../../../src/onnx/select.js'
import { openSession } from '../../../src/runtime/session.js'
import { tinyDetector } from '../../attach/detector.js'
import { noise } from '../../attach/given.js'

const size = [96, 64] as const
const detector = tinyDetector({ opset: 18, irVersion: 8, size: ['H', 'W'] })
const sizes = { image: [2, 3, ...size] }

describe('the graph of a model', () => {
  it('knows the sizes of all values, as onnxruntime finds them', async () => {
    const graph = graphOfModel(detector, sizes)
    const session = await openSession(detector)
    const outputs = await session.run({ image: noise({ size, batch: 2 }) })
    for (const [name, { shape }] of outputs) expect(graph.valueOf(name).shape).toEqual(shape)
    expect(graph.root.nodes.flatMap((n) => n.outputs).every((name) => graph.types.has(name))).toBe(true)
  })

  it('derives the outputs of a detector by its weights', async () => {
    const graph = graphOfModel(detector, sizes)
    const constants = decodeModel(detector, 'd').graph?.initializer ?? []
    const weights = constants.filter((t) => t.dims.length === 4)
    const total = reduceSum(graph.valueOf('coarse') as V)
    const slopes = gradients(
      total,
      weights.map(({ name }) => graph.valueOf(name) as V),
    )
    const named = Object.fromEntries(slopes.map((g, i) => [`grad/${weights[i]?.name}`, g]))
    const session = await openSession(encodeModel(graph.build({ total, ...named })))
    const own = new Map(constants.map((t) => [t.name, tensorFrom(t, 'd').tensor as Tensor]))
    const image = noise({ size, batch: 2 })
    const feeds = Object.fromEntries(session.inputs.map((name) => [name, own.get(name) ?? image]))
    const outputs = await session.run(feeds)
    // Of the weights that are inputs, along their own direction: float32 leaves some four digits of a difference.
    const name = 'const/stage4.weight'
    const weight = own.get(name) as Tensor<'float32'>
    const moved = async (by: number) => {
      const run = {
        ...feeds,
        [name]: float32(
          weight.shape,
          weight.data.map((x) => x * (1 + by)),
        ),
      }
      return Number((await session.run(run)).get('total')?.data[0])
    }
    const slope = ((await moved(2 ** -8)) - (await moved(-(2 ** -8)))) * 2 ** 7
    const found = outputs.get(`grad/${name}`) as Tensor<'float32'>
    const derived = found.data.reduce((sum, g, i) => sum + g * (weight.data[i] as number), 0)
    expect(Math.abs(derived / slope - 1)).toBeLessThan(1e-3)
    await session.release()
  })

  it.each<[string, () => Uint8Array, Readonly<Record<string, number[]>>, string]>([
    ['open sizes', () => detector, {}, 'input "image" has open sizes: [N,3,H,W]'],
    ['an input that is not there', () => detector, { picture: [1] }, 'there is no input "picture"'],
    ['a subgraph', looping, {}, '(Loop): attribute "body" cannot be taken over'],
    ['bytes that are no model', () => new Uint8Array([1, 2]), {}, 'model: '],
  ])('refuses %s', (_, bytes, asked, message) => {
    expect(() => graphOfModel(bytes(), asked)).toThrow(
      expect.objectContaining({ exitCode: 3, message: expect.stringContaining(message) }),
    )
  })
})

function looping(): Uint8Array {
  const graph = new Graph({ opset: 18 })
  const x = graph.input('x', 'float32', [2])
  const count = graph.constant(tensorOf('int64', [], [3]))
  return encodeModel(
    graph.build({ y: stackLoop(count, 3, ['float32', [2]], () => graph.emit('Exp', [x], ['float32', [2]])) }),
  )
}
