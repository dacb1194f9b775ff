import { describe, expect, test } from 'vitest'
import type { DType } from '../../../src/io/tensor.js'
import { holds, tensorOf } from '../../../src/onnx/graph/constants.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { add, mul } from '../../../src/onnx/ops/elementwise.js'
import { refusal } from './support.js'

describe('a literal', () => {
  test.each(['float32', 'float64', 'int32', 'int64'] as const)(
    'takes the element type of the other operand: %s',
    (dtype) => {
      const graph = new Graph()
      const y = add(graph.input('x', dtype, [2]), 3)
      expect(y.dtype).toBe(dtype)
      expect(graph.types.get(`const/${dtype}_3`)).toEqual({ name: `const/${dtype}_3`, dtype, shape: [] })
    },
  )

  test('is stored once for each element type', () => {
    const graph = new Graph()
    const [x, i] = [graph.input('x', 'float32', [2]), graph.input('i', 'int64', [2])]
    graph.scope('a', () => add(mul(x, 2), 2))
    graph.scope('b', () => [add(x, 2), add(i, 2)])
    expect([...graph.constants.tensors.keys()]).toEqual(['const/float32_2', 'const/int64_2'])
  })

  test('keeps 0 and −0 apart, and NaN as one', () => {
    const graph = new Graph()
    const names = [0, -0, Number.NaN, Number.NaN, Number.NEGATIVE_INFINITY].map((x) => graph.scalar(x, 'float32').name)
    expect(names).toEqual([
      'const/float32_0',
      'const/float32_-0',
      'const/float32_NaN',
      'const/float32_NaN',
      'const/float32_-Infinity',
    ])
  })

  test('is spelled with as few digits as its element type needs', () => {
    const graph = new Graph()
    const names = [graph.scalar(0.1, 'float32'), graph.scalar(0.1, 'float64'), graph.scalar(1 / 3, 'float32')]
    expect(names.map((v) => v.name)).toEqual(['const/float32_0.1', 'const/float64_0.1', 'const/float32_0.33333334'])
  })

  test('that rounds to the same float32 is the same constant', () => {
    const graph = new Graph()
    expect(graph.scalar(0.1, 'float32').name).toBe(graph.scalar(0.1 + 1e-12, 'float32').name)
    expect(graph.constants.tensors.size).toBe(1)
  })
})

describe('a table', () => {
  const table = (...values: number[]) => tensorOf('float32', [1, values.length], values)

  test('is shared by content and named by its hint', () => {
    const graph = new Graph()
    const names = [table(1, 2), table(1, 2), table(1, 3)].map((t) => graph.constant(t, 'anchors').name)
    expect(names).toEqual(['const/anchors', 'const/anchors', 'const/anchors_1'])
  })

  test('is not shared between shapes or element types', () => {
    const graph = new Graph()
    const values = [1, 2]
    const all = [tensorOf('int32', [2], values), tensorOf('int32', [2, 1], values), tensorOf('int64', [2], values)]
    expect(new Set(all.map((t) => graph.constant(t).name)).size).toBe(3)
  })

  test('does not change when its source does', () => {
    const graph = new Graph()
    const source = table(1, 2)
    const { name } = graph.constant(source)
    source.data[0] = 9
    expect([...(graph.constants.tensors.get(name)?.data ?? [])]).toEqual([1, 2])
  })

  test('has as many elements as its shape says', () => {
    const graph = new Graph()
    const error = refusal(() => graph.scope('a', () => graph.constant({ ...table(1, 2), shape: [3] })))
    expect([error.code, error.message]).toEqual(['E_SHAPE', 'a/constant: [3] does not hold 2 elements'])
    expect(() => tensorOf('float32', [3], [1, 2])).toThrow(new RangeError('[3] holds 3, not 2'))
  })
})

test('short int64 vectors, as shapes and axes are, spell themselves out', () => {
  const graph = new Graph()
  expect(graph.ints([0, -1]).name).toBe('const/int64_[0,-1]')
  expect(graph.ints([]).name).toBe('const/int64_[]')
  expect(graph.ints([1, 2, 3, 4, 5, 6, 7]).name).toBe('const/table')
})

test.each<[dtype: DType, yes: number[], no: number[]]>([
  ['float32', [0.1, 1e300, Number.NaN], []],
  ['int32', [-(2 ** 31), 2 ** 31 - 1], [2 ** 31, 0.5, Number.NaN]],
  ['int64', [-(2 ** 53) + 1, 2 ** 40], [2 ** 53, 0.5, Number.POSITIVE_INFINITY]],
  ['bool', [0, 1], [2, -1, 0.5]],
])('%s holds its own numbers only', (dtype, yes, no) => {
  expect(yes.filter((x) => !holds(dtype, x))).toEqual([])
  for (const x of no) expect(() => tensorOf(dtype, [1], [x])).toThrow(new RangeError(`${x} is no ${dtype}`))
})

test('float16 is not made from numbers, and says what to do instead', () => {
  expect(() => new Graph().scalar(1, 'float16')).toThrow('cast a float32 one')
})
