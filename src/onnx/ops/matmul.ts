import { type Real, reals } from '../../io/index.js'
import { GraphError } from '../graph/errors.js'
import type { Dim } from '../graph/model.js'
import { broadcast } from '../graph/shape.js'
import type { Value } from '../graph/value.js'
import { requireDType } from './operand.js'

/**
 * Product of matrices: `[…, m, k] · […, k, n] → […, m, n]`, the leading axes broadcast. Signature: `ai.onnx@9::MatMul`,
 * `ai.onnx@13::MatMul`
 */
export function matMul<D extends Real>(a: Value<D>, b: Value<NoInfer<D>>): Value<D> {
  requireDType('MatMul', a, reals)
  requireDType('MatMul', b, [a.dtype])
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  if (!batch || Math.min(a.shape.length, b.shape.length) < 2 || a.shape.at(-1) !== b.shape.at(-2))
    throw new GraphError('E_SHAPE', a.graph.at('MatMul'), 'takes […, m, k] and […, k, n]', { a, b })
  return a.graph.emit('MatMul', [a, b], [a.dtype, [...batch, a.shape.at(-2) as Dim, b.shape.at(-1) as Dim]])
}
