import { product } from '../graph/shape.js'
import type { DType } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { flatten, shapeOf } from './movement.js'
import { slice } from './slice.js'

// Slice clamps its ends, so this stands for "to the very end".
const farEnd = Number.MAX_SAFE_INTEGER

/**
 * Entry `at` of the last axis, as `slice(x, '..., at')` gives it: `[…, n] → […]`. It is read with one long stride
 * through all of `x`; the CPU provider copies rows of a single entry one by one, which takes two to four times as long.
 * Signature: `ai.onnx@11::Slice`, `ai.onnx@13::Slice`
 */
export function column<D extends DType>(x: Value<D>, at: number): Value<D> {
  const shape = x.shape.slice(0, -1)
  const step = x.shape.at(-1)
  if (typeof step !== 'number' || at < 0 || at >= step) return slice(x, `..., ${at}`)
  const ints = [at, farEnd, 0, step].map((n) => x.graph.ints([n]))
  const read = x.graph.emit('Slice', [flatten(x), ...ints], [x.dtype, [product(shape)]])
  return x.graph.emit('Reshape', [read, slice(shapeOf(x), '0:-1')], [x.dtype, shape])
}
