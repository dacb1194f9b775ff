import type { DType } from '../../io/index.js'
import type { Value } from '../graph/value.js'
import { concat } from './concat.js'
import { unsqueeze } from './movement.js'
import { farEnd, lift, requireRank } from './operand.js'

/**
 * What follows each entry of a vector, `end` after the last: `[n] → [n]`. `[3, 5, 5]` gives `[5, 5, end]`. Signature:
 * `ai.onnx@11::Slice`, `ai.onnx@13::Slice`
 */
export function following<D extends DType>(x: Value<D>, end: number): Value<D> {
  const { graph, dtype, shape } = x
  requireRank('Slice', x, 1)
  const beyond = concat([x, unsqueeze(lift('Slice', end, x), [0])], 0)
  const [from, to, axis] = [1, farEnd, 0].map((n) => graph.ints([n])) as [Value, Value, Value]
  return graph.emit('Slice', [beyond, from, to, axis], [dtype, shape])
}
