import type { DType } from '../../io/index.js'
import { tensorOf } from '../graph/constants.js'
import { GraphError } from '../graph/errors.js'
import type { Dim } from '../graph/model.js'
import type { Value } from '../graph/value.js'
import { add } from './elementwise.js'
import { reshape, squeeze } from './movement.js'
import { requireDType } from './operand.js'
import { gather } from './select.js'

/**
 * Rows of each image: `x` `[B, n, …]` at `indices` `[B, k, 1]` → `[B, k, …]`; where a runtime lacks it, from those of all
 * images, B and n known. Signature: `ai.onnx@12::GatherND`, `ai.onnx@13::GatherND`
 */
export function gatherRows<D extends DType>(x: Value<D>, indices: Value<'int64'>): Value<D> {
  const [batch, count] = requireRows(x, indices)
  if (batch !== x.shape[0] || x.shape.length < 2)
    throw new GraphError('E_SHAPE', x.graph.at('GatherND'), 'takes indices [B, k, 1] for [B, n, …]', { x, indices })
  if (x.graph.lacks.includes('GatherND')) return gather(ofAllImages(x), placesOfAllImages(x, indices))
  return x.graph.emit('GatherND', [x, indices], [x.dtype, [batch, count, ...x.shape.slice(2)]], {
    batch_dims: { int: 1 },
  })
}

/**
 * Rows of a table for each image: `x` `[n, …]` at `indices` `[B, k, 1]` → `[B, k, …]`. Signature:
 * `ai.onnx@12::GatherND`, `ai.onnx@13::GatherND`
 */
export function lookUp<D extends DType>(x: Value<D>, indices: Value<'int64'>): Value<D> {
  const [batch, count] = requireRows(x, indices)
  if (x.graph.lacks.includes('GatherND')) return gather(x, squeeze(indices, [2]))
  return x.graph.emit('GatherND', [x, indices], [x.dtype, [batch, count, ...x.shape.slice(1)]])
}

/** The rows of all images one after another: `[B, n, …] → [B·n, …]` */
function ofAllImages<D extends DType>(x: Value<D>): Value<D> {
  const [B, n] = knownSizes(x)
  return reshape(x, [B * n, ...x.shape.slice(2)])
}

/** Where rows of each image are among those of all: `[B, k, 1] → [B, k]` */
function placesOfAllImages(x: Value, indices: Value<'int64'>): Value<'int64'> {
  const [B, n] = knownSizes(x)
  const own = squeeze(indices, [2])
  const before = Array.from({ length: B }, (_, b) => b * n)
  return B === 1 ? own : add(own, x.graph.constant(tensorOf('int64', [B, 1], before), 'before'))
}

function knownSizes(x: Value): readonly [B: number, n: number] {
  const [B, n] = x.shape
  if (typeof B !== 'number' || typeof n !== 'number')
    throw new GraphError('E_SHAPE', x.graph.at('Gather'), 'from all images needs their number and size', { x })
  return [B, n]
}

/** Images and rows of indices `[B, k, 1]`. */
function requireRows(x: Value, indices: Value<'int64'>): readonly [Dim, Dim] {
  requireDType('GatherND', indices, ['int64'])
  if (x.graph.opset < 12)
    throw new GraphError('E_OPSET', x.graph.at('GatherND'), 'counts batch dimensions from opset 12', { x })
  const [batch, count, one] = indices.shape
  if (indices.shape.length !== 3 || one !== 1 || x.shape.length === 0)
    throw new GraphError('E_SHAPE', x.graph.at('GatherND'), 'takes indices [B, k, 1] for [B, n, …]', { x, indices })
  return [batch as Dim, count as Dim]
}
