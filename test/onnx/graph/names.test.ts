import { describe, expect, test } from 'vitest'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { NameAuthority } from '../../../src/onnx/graph/names.js'
import { split } from '../../../src/onnx/ops/divide.js'
import { exp, log, neg } from '../../../src/onnx/ops/elementwise.js'

const started = () => {
  const graph = new Graph()
  return { graph, x: graph.input('x', 'float32', [3]) }
}

describe('a node is named', () => {
  test('after its scope path and its operator', () => {
    const { graph, x } = started()
    const y = graph.scope('layer0', () => graph.scope('xy', () => graph.scope('bce', () => log(x))))
    expect(y.name).toBe('layer0/xy/bce/Log')
    expect(graph.root.nodes[0]?.name).toBe('layer0/xy/bce/Log')
  })

  test('with a count from the second of its kind in one path', () => {
    const { graph, x } = started()
    const names = graph.scope('a', () => [log(x), log(x), exp(x), log(x)].map((v) => v.name))
    expect(names).toEqual(['a/Log', 'a/Log_1', 'a/Exp', 'a/Log_2'])
  })

  test('with the count going on when a scope is entered again', () => {
    const { graph, x } = started()
    graph.scope('a', () => log(x))
    expect(graph.scope('a', () => log(x)).name).toBe('a/Log_1')
  })

  test('once for all its outputs', () => {
    const { graph, x } = started()
    const parts = graph.scope('a', () => split(x, [1, 2], 0))
    expect(parts.map((v) => v.name)).toEqual(['a/Split/0', 'a/Split/1'])
  })

  test('as before when another scope gets a node', () => {
    const namesWith = (extra: boolean) => {
      const { graph, x } = started()
      graph.scope('cls', () => (extra ? exp(log(x)) : log(x)))
      return graph.scope('xy', () => [log(x), log(x), neg(x)].map((v) => v.name))
    }
    expect(namesWith(true)).toEqual(namesWith(false))
  })

  test('outside a scope that failed', () => {
    const { graph, x } = started()
    expect(() =>
      graph.scope('a', () => {
        throw new Error('mishap')
      }),
    ).toThrow('mishap')
    expect(log(x).name).toBe('Log')
  })
})

describe('the name authority', () => {
  test('never gives one name twice, whatever it is asked for', () => {
    const names = new NameAuthority()
    const asked = ['a', 'a_1', 'a', 'a', 'a_1', 'a_1_1', 'a', 'a_2', 'a_1', 'toString', 'toString', '__proto__']
    const given = asked.map((name) => names.unique(name))
    expect(new Set(given).size).toBe(asked.length)
    expect(given.slice(-3)).toEqual(['toString', 'toString_1', '__proto__'])
  })

  test('keeps a reserved name from being given', () => {
    const names = new NameAuthority()
    names.reserve('a')
    names.reserve('a')
    expect(names.unique('a')).toBe('a_1')
  })
})

describe('a symbol', () => {
  test('reads as asked for, and a repeat is counted', () => {
    const { graph } = started()
    expect([graph.symbol('T'), graph.symbol('T'), graph.symbol('U')]).toEqual(['T', 'T_1', 'U'])
  })

  test('is never that of an input, which stands for another size', () => {
    const graph = new Graph()
    graph.input('x', 'float32', ['T', 3])
    expect(graph.symbol('T')).toBe('T_1')
  })

  test('may be called like an input', () => {
    const { graph } = started()
    expect(graph.symbol('x')).toBe('x')
  })
})
