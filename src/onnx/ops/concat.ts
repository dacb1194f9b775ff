import type { DType } from '../../io/index.js'
import { GraphError } from '../graph/errors.js'
import type { Dim } from '../graph/model.js'
import { sum } from '../graph/shape.js'
import type { Value } from '../graph/value.js'
import { axisOf, requireDType } from './operand.js'

/**
 * Values one after another along an axis; the other dimensions are equal. Signature: `ai.onnx@11::Concat`,
 * `ai.onnx@13::Concat`
 */
export function concat<D extends DType>(values: readonly [Value<D>, ...Value<NoInfer<D>>[]], axis: number): Value<D> {
  const [first] = values
  const front = axisOf('Concat', first, axis)
  const fits = (v: Value) =>
    v.shape.length === first.shape.length && v.shape.every((d, i) => i === front || d === first.shape[i])
  for (const v of values) requireDType('Concat', v, [first.dtype])
  const odd = values.find((v) => !fits(v))
  if (odd) throw new GraphError('E_SHAPE', first.graph.at('Concat'), `differ beside axis ${front}`, { first, odd })
  const shape = first.shape.with(front, sum(values.map((v) => v.shape[front] as Dim)))
  return first.graph.emit('Concat', values, [first.dtype, shape], { axis: { int: front } })
}

/** The same of a list, which must not be empty. */
export const concatAll = <D extends DType>(values: readonly Value<D>[], axis: number): Value<D> =>
  concat(values as readonly [Value<D>, ...Value<D>[]], axis)
