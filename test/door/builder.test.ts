import { evaluate, Graph, GraphError, ops, presets } from 'onnx-yolo-loss'
import { describe, expect, it } from 'vitest'

const [two, one] = [Float32Array.of(1, 3), Float32Array.of(0.5, -2)]
const x = () => new Graph({ opset: 17 }).input('x', 'float32', [2])

describe('numbers stand on either side of an operator', () => {
  it.each([
    ['add', [3, 5]],
    ['sub', [1, -1]],
    ['mul', [2, 6]],
    ['div', [2, 2 / 3]],
    ['max', [2, 3]],
    ['min', [1, 2]],
  ] as const)('ops.%s(2, x)', async (name, expected) => {
    const { data } = await evaluate(ops[name](2, x()), { x: { dtype: 'float32', shape: [2], data: two } })
    expect([...data]).toEqual([...Float32Array.from(expected)])
  })

  it('of a comparison and a choice too', async () => {
    const v = x()
    const chosen = ops.where(ops.less(0, v), 1, ops.neg(v))
    const { data } = await evaluate(chosen, { x: { dtype: 'float32', shape: [2], data: one } })
    expect([...data]).toEqual([1, 2])
  })

  it('but not on both', () => {
    expect(() => ops.add(1, 2 as never)).toThrow(GraphError)
    expect(() => ops.add(1, 2 as never)).toThrow('both numbers, and belong to no graph')
  })
})

describe('what is no operand is named', () => {
  it.each([
    ['a list', [1, 2], 'got a list of 2'],
    ['nothing', undefined, 'got undefined'],
    ['a tensor', { dtype: 'float32', shape: [], data: one }, 'got an object of dtype, shape, data'],
  ])('%s', (_, operand, words) => {
    expect(() => ops.mul(x(), operand as never)).toThrow(GraphError)
    expect(() => ops.mul(x(), operand as never)).toThrow(words)
  })
})

it('a model without outputs is refused', () => {
  const graph = new Graph()
  expect(() => graph.build({})).toThrow('a model needs an output')
})

it('presets stay as they are', () => {
  expect(() => Object.assign(presets['yolov3-coco'], { classes: 3 })).toThrow(TypeError)
  expect(() => (presets['yolov3-coco'].anchors as unknown as number[][])[0]?.push(1)).toThrow(TypeError)
})
