import { describe, expect, it } from 'vitest'
import { float32 } from '../../../src/io/tensor.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { abs, add, exp, floor, mul, reduceSum } from '../../../src/onnx/math.js'
import type { V } from '../../../src/onnx/reverse/applied.js'
import { gradients, gradientsThrough } from '../../../src/onnx/reverse/gradients.js'
import { evaluate } from '../../../src/runtime/evaluate.js'

const at = float32([3], [1, -2, 0.5])

function graphOfX(shape: readonly number[] = [3]) {
  const graph = new Graph({ opset: 18 })
  return { graph, x: graph.input('x', 'float32', shape) as V }
}

const numbers = async (v: V, x = at) => Array.from((await evaluate(v, { x })).data, Number)

describe('gradients', () => {
  it('add up where a value is used more than once', async () => {
    const { x } = graphOfX()
    const [slope] = gradients(reduceSum(add(mul(x, x), x)), [x])
    expect(await numbers(slope as V)).toEqual([3, -3, 2])
  })

  it('of several numbers are those of their sum, or as a seed weighs them', async () => {
    const { graph, x } = graphOfX()
    const y = mul(x, x)
    const seed = graph.constant(float32([3], [1, 10, 100])) as V
    expect(await numbers(gradients(y, [x])[0] as V)).toEqual([2, -4, 1])
    expect(await numbers(gradients(y, [x], seed)[0] as V)).toEqual([2, -40, 100])
  })

  it('are zeros of what nothing depends on, or only through whole numbers', async () => {
    const { x } = graphOfX()
    expect(await numbers(gradients(reduceSum(floor(x)), [x])[0] as V)).toEqual([0, 0, 0])
    const other = x.graph.input('other', 'float32', [2]) as V
    const [slope] = gradients(reduceSum(x), [other])
    expect((await evaluate(slope as V, { other: float32([2], [1, 2]) })).data).toEqual(new Float32Array(2))
  })

  it('of gradients are second derivatives', async () => {
    const { x } = graphOfX()
    const [first] = gradients(reduceSum(mul(mul(x, x), x)), [x])
    expect(await numbers(gradients(first as V, [x])[0] as V)).toEqual([6, -12, 3])
  })

  it('go through no value that is held constant, and by one as if nothing made it', async () => {
    const { graph, x } = graphOfX()
    const [square, twice] = [mul(x, x), mul(x, 2)]
    const whole = reduceSum(add(mul(square, x), mul(twice, square)))
    const gradient = graph.scalar(1, 'float32') as V
    const [byX, byTwice] = gradientsThrough([{ of: whole, gradient }], [x, twice], [square, twice])
    expect(await numbers(byX as V)).toEqual([1, 4, 0.25])
    expect(await numbers(byTwice as V)).toEqual([1, 4, 0.25])
  })

  it('name the node that has no rule, if it lies between', () => {
    const { graph, x } = graphOfX()
    const odd = graph.scope('head', () => graph.emit('Celu', [x], ['float32', [3]])) as V
    expect(() => gradients(reduceSum(odd), [x])).toThrow(
      expect.objectContaining({
        code: 'E_GRADIENT',
        message: expect.stringMatching(/^head\/Celu: .*has no rule\n {2}hint: /),
      }),
    )
    expect(gradients(reduceSum(add(exp(abs(x)), mul(odd, 0))), [odd])).toHaveLength(1)
  })

  it('of max pooling go to the first of those that tie, as in PyTorch', async () => {
    const { graph, x } = graphOfX([1, 1, 2, 4])
    const pool = { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } }
    const y = graph.emit('MaxPool', [x], ['float32', [1, 1, 1, 2]], pool) as V
    const [slope] = gradients(y, [x])
    expect(await numbers(slope as V, float32([1, 1, 2, 4], [5, 5, 1, 7, 5, 5, 7, 7]))).toEqual([1, 0, 0, 1, 0, 0, 0, 0])
  })
})

describe('a graph that takes a model over', () => {
  it('keeps its names, and refuses a second one of the same', () => {
    const { graph, x } = graphOfX()
    const { body } = graph.build({ y: exp(x) })
    const taken = new Graph({ opset: 18 })
    taken.adopt(body)
    expect(taken.valueOf('y')).toMatchObject({ name: 'y', dtype: 'float32', shape: [3] })
    expect(() => taken.valueOf('z')).toThrow('z: the graph knows no value of this name')
    expect(() => taken.adopt(body)).toThrow('x: the name is taken')
    expect(taken.build({ again: exp(taken.valueOf('y') as V) }).body.nodes.map(({ op }) => op)).toEqual(['Exp', 'Exp'])
  })
})
