import type { DType } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { filled } from '../../onnx/select.js'
import { expand, shapeOf } from '../../onnx/shape.js'

/** One number everywhere, in the shape of another value: without a look at shapes where they are known. */
export function fullLike<D extends DType>(like: Value, value: number, dtype: D): Value<D> {
  const { graph, shape } = like
  if (shape.every((d) => typeof d === 'number')) return expand(graph.scalar(value, dtype), graph.ints(shape), shape)
  return filled(shapeOf(like), shape, value, dtype)
}
