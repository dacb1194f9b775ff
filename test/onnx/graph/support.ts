import { expect } from 'vitest'
import { GraphError } from '../../../src/onnx/graph/errors.js'
import type { Graph } from '../../../src/onnx/graph/graph.js'
import type { Model } from '../../../src/onnx/graph/model.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { add, mul } from '../../../src/onnx/ops/elementwise.js'

/** The GraphError that `act` throws. */
export function refusal(act: () => unknown): GraphError {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(GraphError)
    return error as GraphError
  }
  return expect.fail('nothing was thrown')
}

export const nodeNames = (model: Model): string[] => model.body.nodes.map((node) => node.name)

/** `x·factor + 1`, `count` times: a Loop whose body reads `factor` from outside. */
export function repeated(graph: Graph, x: Value<'float32'>, factor: Value<'float32'>, count: number): Value<'float32'> {
  const body = graph.subgraph(
    'loop',
    [
      ['int64', []],
      ['bool', []],
      ['float32', x.shape],
    ],
    ([, go, carried]) => [
      graph.emit('Identity', [go as Value], ['bool', []]),
      add(mul(carried as Value<'float32'>, factor), 1),
    ],
  )
  const inputs = [graph.scalar(count, 'int64'), graph.scalar(1, 'bool'), x]
  return graph.emit('Loop', inputs, ['float32', x.shape], { body: { graph: body } })
}
