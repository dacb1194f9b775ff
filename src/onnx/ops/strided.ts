import type { DType } from '../../io/index.js'
import type { Dim } from '../graph/model.js'
import type { Value } from '../graph/value.js'
import { axisOf, farEnd } from './operand.js'

/**
 * Every `step`-th entry of the last axis from `start` on, `size` of them: `[…, n] → […, size]`. Of rows of `step` entries
 * laid end to end that is a column. Signature: `ai.onnx@11::Slice`, `ai.onnx@13::Slice`
 */
export function strided<D extends DType>(x: Value<D>, start: number, step: number, size: Dim): Value<D> {
  const axis = axisOf('Slice', x, -1)
  const ints = [start, farEnd, axis, step].map((n) => x.graph.ints([n]))
  return x.graph.emit('Slice', [x, ...ints], [x.dtype, x.shape.with(axis, size)])
}
