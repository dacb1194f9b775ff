import { tensorOf, type Value } from '../../../onnx/index.js'
import { less } from '../../../onnx/logic.js'
import { slice } from '../../../onnx/parts.js'
import { range } from '../../../onnx/select.js'
import { cast, shapeOf, squeeze, unsqueeze } from '../../../onnx/shape.js'

/** The numbers 0 to n − 1 along axis 1 of a value `[B, n, …]`: `[n]` */
export function numbersAlong(like: Value): Value<'float64'> {
  const { graph, shape } = like
  const n = shape[1]
  if (typeof n === 'number') return graph.constant(tensorOf('float64', [n], [...Array(n).keys()]), 'numbers')
  return cast(range(squeeze(slice(shapeOf(like), '1:2'), [0]), n as string), 'float64')
}

/** Whether one of two entries along axis 1 stands before the other: `[n, n]`, true at (t, s) for s < t. */
export function before(like: Value): Value<'bool'> {
  const numbers = numbersAlong(like)
  return less(numbers, unsqueeze(numbers, [1]))
}
