import { describe, expect, test } from 'vitest'
import type { Tensor } from '../../../src/io/tensor.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { split } from '../../../src/onnx/ops/divide.js'
import { add, exp, log, mul, neg } from '../../../src/onnx/ops/elementwise.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { nodeNames, refusal, repeated } from './support.js'

const started = () => {
  const graph = new Graph()
  return { graph, x: graph.input('x', 'float32', [2]) }
}

const feed = (...values: number[]): Tensor<'float32'> => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
})

async function run(graph: Graph, outputs: Readonly<Record<string, Value>>, feeds: Record<string, Tensor>) {
  const results = await evaluateModel(encodeModel(graph.build(outputs)), feeds)
  return Object.fromEntries([...results].map(([name, tensor]) => [name, Array.from(tensor.data as Float32Array)]))
}

describe('a finished model', () => {
  test('has the outputs in order, under their public names', () => {
    const { graph, x } = started()
    const y = graph.scope('a', () => exp(x))
    const { body } = graph.build({ second: neg(y), first: y })
    expect(body.outputs).toEqual([
      { name: 'second', dtype: 'float32', shape: [2] },
      { name: 'first', dtype: 'float32', shape: [2] },
    ])
    expect(body.nodes.map(({ name, inputs, outputs }) => [name, inputs, outputs])).toEqual([
      ['a/Exp', ['x'], ['first']],
      ['Neg', ['first'], ['second']],
    ])
  })

  test('leaves out the nodes and constants that no output needs', () => {
    const { graph, x } = started()
    const y = mul(x, 2)
    log(add(y, 3))
    const { body } = graph.build({ y })
    expect(body.nodes.map((node) => node.op)).toEqual(['Mul'])
    expect(body.initializers.map((c) => c.name)).toEqual(['const/float32_2'])
    expect(body.values).toEqual([])
  })

  test('keeps an input that no output needs: it is public', () => {
    const { graph, x } = started()
    graph.input('unused', 'int64', ['B'])
    expect(graph.build({ y: exp(x) }).body.inputs.map((i) => i.name)).toEqual(['x', 'unused'])
  })

  test('lists the types of all that lies between', () => {
    const { graph, x } = started()
    const [first] = split(exp(x), [1, 1], 0)
    expect(graph.build({ y: neg(first) }).body.values).toEqual([
      { name: 'Exp', dtype: 'float32', shape: [2] },
      { name: 'Split/0', dtype: 'float32', shape: [1] },
      { name: 'Split/1', dtype: 'float32', shape: [1] },
    ])
  })

  test('says what it is', () => {
    const { graph, x } = started()
    const stamp = { name: 'loss', producer: { name: 'us', version: '1' }, metadata: { key: 'text' } }
    const { irVersion, opset, producer, metadata, body } = graph.build({ y: exp(x) }, stamp)
    expect({ irVersion, opset, producer, metadata, name: body.name }).toEqual({ irVersion: 8, opset: 17, ...stamp })
  })

  test('does not close the graph: another can be built from it', () => {
    const { graph, x } = started()
    const y = exp(x)
    const first = graph.build({ y })
    expect(nodeNames(graph.build({ z: neg(y) }))).toEqual(['Exp', 'Neg'])
    expect(graph.build({ y })).toEqual(first)
  })
})

describe('an output can be', () => {
  test('an input', async () => {
    const { graph, x } = started()
    expect(await run(graph, { y: x }, { x: feed(1, 2) })).toEqual({ y: [1, 2] })
  })

  test('a constant', async () => {
    const graph = new Graph()
    expect(await run(graph, { y: graph.scalar(0.5, 'float32') }, {})).toEqual({ y: [0.5] })
  })

  test('one value under two names, or more', async () => {
    const { graph, x } = started()
    const y = neg(x)
    const outputs = { a: y, b: y, c: y, d: add(y, 1) }
    expect(await run(graph, outputs, { x: feed(1, 2) })).toEqual({ a: [-1, -2], b: [-1, -2], c: [-1, -2], d: [0, -1] })
    expect(graph.build(outputs).body.nodes.map((n) => n.op)).toEqual(['Neg', 'Add', 'Identity', 'Identity'])
  })

  test('one of several outputs of a node', async () => {
    const { graph, x } = started()
    const [, last] = split(x, [1, 1], 0)
    expect(await run(graph, { last }, { x: feed(1, 2) })).toEqual({ last: [2] })
  })

  test('read by a subgraph, which follows the new name', async () => {
    const { graph, x } = started()
    const factor = exp(graph.scalar(0, 'float32'))
    const outputs = { y: repeated(graph, x, factor, 2), factor }
    expect(await run(graph, outputs, { x: feed(1, 2) })).toEqual({ y: [3, 4], factor: [1] })
  })

  test('called like a method of every object', async () => {
    const { graph, x } = started()
    expect(await run(graph, { constructor: exp(neg(x)) }, { x: feed(0, 0) })).toEqual({ constructor: [1, 1] })
  })
})

describe('a public name is refused', () => {
  const built = (name: string) => {
    const { graph, x } = started()
    graph.scalar(1, 'float32')
    return refusal(() => graph.build({ [name]: neg(exp(x)) }))
  }

  test.each(['x', 'Exp', 'const/float32_1'])('when it is taken: %s', (name) => {
    const error = built(name)
    expect([error.code, error.message]).toEqual([
      'E_NAME',
      `output ${name}: the name is taken\n  output: float32[2] from Neg`,
    ])
  })

  test('when it is empty', () => {
    expect(built('').message).toBe('output: the name is empty\n  output: float32[2] from Neg')
  })
})

describe('what only a subgraph reads is needed', () => {
  test('nodes and constants alike', () => {
    const { graph, x } = started()
    const factor = graph.scope('outside', () => exp(graph.scalar(0, 'float32')))
    const { body } = graph.build({ y: repeated(graph, x, factor, 2) })
    expect(body.nodes.map((n) => n.name)).toEqual(['outside/Exp', 'Loop'])
    expect(body.initializers.map((c) => c.name)).toEqual([
      'const/float32_0',
      'const/float32_1',
      'const/int64_2',
      'const/bool_1',
    ])
  })
})

test('the same calls give the same bytes', () => {
  const bytes = () => {
    const { graph, x } = started()
    const y = graph.scope('a', () => repeated(graph, add(exp(x), 0.1), log(graph.scalar(3, 'float32')), 4))
    const metadata = { b: '2', a: '1' }
    return encodeModel(graph.build({ y, z: neg(y) }, { name: 'g', metadata }))
  }
  expect(bytes()).toEqual(bytes())
})
