import type { DType } from '../../io/index.js'
import type { Dim } from '../graph/model.js'
import type { Value } from '../graph/value.js'
import { vectorOf } from './movement.js'
import { axisOf, farEnd } from './operand.js'

/**
 * Every `step`-th entry of the last axis from `start` on, `size` of them: `[…, n] → […, size]`. Of rows of `step` entries
 * laid end to end that is a column. Signature: `ai.onnx@11::Slice`, `ai.onnx@13::Slice`
 */
export function strided<D extends DType>(
  x: Value<D>,
  start: number,
  step: Value<'int64'> | number,
  size: Dim,
): Value<D> {
  const axis = axisOf('Slice', x, -1)
  const end = typeof size === 'number' && typeof step === 'number' ? start + size * step : farEnd
  const ints = [start, end, axis, step].map((n) => vectorOf(x, [n]))
  return x.graph.emit('Slice', [x, ...ints], [x.dtype, x.shape.with(axis, size)])
}
