import type { DType } from '../../io/index.js'
import { GraphError } from '../graph/errors.js'
import type { Result } from '../graph/graph.js'
import type { Dim } from '../graph/model.js'
import { sameShape } from '../graph/shape.js'
import type { Value } from '../graph/value.js'
import { requireDType, requireRank } from './operand.js'

/**
 * Runs `body(i)` for i = 0 … count − 1 and stacks the results: `[…S] → [times, …S]`, where `times` is the name or size
 * of the new axis. Nothing is carried from one run to the next. Signature: `ai.onnx@11::Loop`, `ai.onnx@13::Loop`,
 * `ai.onnx@16::Loop`, `ai.onnx@19::Loop`, `ai.onnx@21::Loop`, `ai.onnx@23::Loop`, `ai.onnx@24::Loop`,
 * `ai.onnx@25::Loop`
 */
export function stackLoop<D extends DType>(
  count: Value<'int64'>,
  times: Dim,
  [dtype, shape]: Result<D>,
  body: (i: Value<'int64'>) => Value<D>,
): Value<D> {
  const { graph } = count
  requireDType('Loop', count, ['int64'])
  requireRank('Loop', count, 0)
  const counterAndCondition: readonly Result[] = [
    ['int64', []],
    ['bool', []],
  ]
  const inside = graph.subgraph('Loop', counterAndCondition, ([i, goOn]) => {
    const again = graph.emit('Identity', [goOn as Value], ['bool', []])
    const result = body(i as Value<'int64'>)
    requireDType('body', result, [dtype])
    if (!sameShape(result.shape, shape))
      throw new GraphError('E_SHAPE', graph.at('body'), `must return [${shape}]`, { result })
    return [again, result]
  })
  return graph.emit('Loop', [count, graph.scalar(1, 'bool')], [dtype, [times, ...shape]], { body: { graph: inside } })
}
