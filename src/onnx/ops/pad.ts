import { type Real, reals } from '../../io/index.js'
import { GraphError } from '../graph/errors.js'
import type { Dim } from '../graph/model.js'
import { sum } from '../graph/shape.js'
import type { Value } from '../graph/value.js'
import { axisOf, requireDType } from './operand.js'

/**
 * Zeros before and after the entries of one axis. Signature: `ai.onnx@11::Pad`, `ai.onnx@13::Pad`, `ai.onnx@18::Pad`,
 * `ai.onnx@19::Pad`, `ai.onnx@21::Pad`, `ai.onnx@23::Pad`, `ai.onnx@24::Pad`, `ai.onnx@25::Pad`
 */
export function pad<D extends Real>(x: Value<D>, axis: number, before: number, after: number): Value<D> {
  requireDType('Pad', x, reals)
  const front = axisOf('Pad', x, axis)
  if (![before, after].every((n) => Number.isInteger(n) && n >= 0))
    throw new GraphError('E_RANGE', x.graph.at('Pad'), `${before} and ${after} are no counts of zeros`, { x })
  const at = (n: number) => x.shape.map((_, i) => (i === front ? n : 0))
  const shape = x.shape.with(front, sum([x.shape[front] as Dim, before + after]))
  return x.graph.emit('Pad', [x, x.graph.ints([...at(before), ...at(after)])], [x.dtype, shape])
}
