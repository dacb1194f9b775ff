import { describe, expect, test } from 'vitest'
import { GraphError } from '../../../src/onnx/graph/errors.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { opsetRange } from '../../../src/onnx/graph/options.js'
import { add, exp } from '../../../src/onnx/ops/elementwise.js'
import { evaluate } from '../../../src/runtime/evaluate.js'
import { bceWithLogits, tailOf } from '../../../src/yolo/formulas/bce.js'
import { refusal, repeated } from './support.js'

describe('an error says what, where, the operands with types and producers, and a remedy', () => {
  test('as the style guide prints it', () => {
    const graph = new Graph()
    const z = graph.input('z', 'float32', ['B', 13, 13, 3])
    const t = graph.input('t', 'float32', ['B', 13, 13, 3, 2])
    const error = refusal(() => graph.scope('layer0', () => bceWithLogits(z, t, tailOf(false))))
    expect(error.message).toBe(
      'layer0/bce: operands must have one shape\n' +
        '  z: float32[B,13,13,3] from z\n' +
        '  t: float32[B,13,13,3,2] from t\n' +
        '  hint: losses never broadcast',
    )
  })

  test('with the scope path, and the node that made an operand', () => {
    const graph = new Graph()
    const [x, y] = [graph.input('x', 'float32', ['B', 3]), graph.input('y', 'float32', [5, 3])]
    const error = refusal(() => graph.scope('layer0', () => graph.scope('xy', () => add(exp(x), y))))
    expect(error.message).toBe(
      'layer0/xy/Add: shapes do not broadcast\n' +
        '  a: float32[B,3] from layer0/xy/Exp\n' +
        '  b: float32[5,3] from y\n' +
        '  hint: dimensions must be equal, or one of them 1; a symbol equals only itself',
    )
  })

  test('and as data', () => {
    const graph = new Graph()
    const [a, b] = [graph.input('a', 'int64', []), graph.input('b', 'int64', [2])]
    const error = refusal(() => graph.build({ a: add(a, b) }))
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe('GraphError')
    expect([error.code, error.at, error.hint]).toEqual(['E_NAME', 'output a', undefined])
    expect(error.operands).toHaveProperty('output.shape', [2])
  })

  test('without rows when there is nothing to show', () => {
    expect(new GraphError('E_X', 'here', 'why').message).toBe('here: why')
  })
})

describe('two graphs do not mix', () => {
  const hint = 'build both with the operators of one graph, or merge the finished models'

  test('in an operator', () => {
    const [one, two] = [new Graph(), new Graph()]
    const [x, y] = [one.input('x', 'float32', [2]), two.input('y', 'float32', [2])]
    const error = refusal(() => one.scope('a', () => add(x, y)))
    expect(error.code).toBe('E_GRAPH')
    expect(error.message).toBe(
      `a/Add: an operand belongs to another graph\n  operand: float32[2] from y\n  hint: ${hint}`,
    )
  })

  test('at the outputs', () => {
    const x = new Graph().input('x', 'float32', [2])
    expect(refusal(() => new Graph().build({ y: exp(x) })).message).toMatch(/^output y: an operand belongs to another/)
  })
})

describe('what a subgraph makes stays inside', () => {
  const open = () => {
    const graph = new Graph()
    return { graph, x: graph.input('x', 'float32', [2]) }
  }

  test('when the main graph asks for it', () => {
    const { graph, x } = open()
    let escaped = x
    graph.subgraph('body', [], () => {
      escaped = exp(x)
      return [escaped]
    })
    const error = refusal(() => graph.scope('after', () => add(x, escaped)))
    expect(error.code).toBe('E_GRAPH')
    expect(error.message).toBe(
      'after/Add: an operand lives inside a finished subgraph\n  operand: float32[2] from body/Exp',
    )
    expect(refusal(() => graph.build({ y: escaped })).code).toBe('E_GRAPH')
  })

  test('and what it returns it made', () => {
    const { graph, x } = open()
    const error = refusal(() => graph.subgraph('loop', [], () => [x]))
    expect(error.message).toBe('loop/body: an output is not made inside\n  v: float32[2] from x')
  })

  test('also when writing it failed', async () => {
    const { graph, x } = open()
    expect(() =>
      graph.subgraph('body', [], () => {
        throw new Error('mishap')
      }),
    ).toThrow('mishap')
    const y = await evaluate(add(x, 1), { x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } })
    expect([...y.data]).toEqual([2, 3])
  })

  test('while it reads what the graph around it made', async () => {
    const { graph, x } = open()
    const y = repeated(graph, x, exp(graph.scalar(0, 'float32')), 3)
    const got = await evaluate(y, { x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 5) } })
    expect([...got.data]).toEqual([4, 8])
  })
})

describe('the opset', () => {
  const { min, max } = opsetRange

  test('is 17 with IR version 8 unless said', () => {
    const { opset, irVersion } = new Graph()
    expect([opset, irVersion]).toEqual([17, 8])
    expect(new Graph({ irVersion: 10 }).irVersion).toBe(10)
  })

  test('is 11 to 22', () => {
    expect([min, max]).toEqual([11, 22])
    expect([min, max].map((opset) => new Graph({ opset }).opset)).toEqual([11, 22])
  })

  test.each([10, 23, 17.5, Number.NaN])('is not %s', (opset) => {
    const error = refusal(() => new Graph({ opset }))
    expect([error.code, error.message]).toEqual(['E_OPSET', `graph: opset must be 11 to 22, got ${opset}`])
  })
})

describe('an input', () => {
  test('has a name of its own', () => {
    const graph = new Graph()
    graph.input('x', 'float32', [])
    const error = refusal(() => graph.input('x', 'int64', []))
    expect([error.code, error.message]).toEqual(['E_NAME', 'x: the name is taken'])
    expect(refusal(() => graph.input('', 'int64', [])).message).toBe('input: the name is empty')
  })

  test.each([-1, 1.5, Number.NaN, ''])('has no dimension %o', (dim) => {
    const error = refusal(() => new Graph().input('x', 'float32', [2, dim]))
    expect([error.code, error.message]).toEqual([
      'E_SHAPE',
      `x: dimension '${dim}' is neither a size nor the name of one`,
    ])
  })

  test('does not change with the array that gave its shape', () => {
    const shape = [2, 3]
    const x = new Graph().input('x', 'float32', shape)
    shape[0] = 9
    expect(x.shape).toEqual([2, 3])
  })
})
