import type { DType } from '../../io/index.js'
import { tensorOf } from '../graph/constants.js'
import { GraphError } from '../graph/errors.js'
import type { Dim, Shape } from '../graph/model.js'
import { sameShape } from '../graph/shape.js'
import type { Value } from '../graph/value.js'
import { reshape, unsqueeze } from './movement.js'
import { axisOf, lift, requireDType, requireRank, requireSizes } from './operand.js'

/**
 * Entries of `x` along `axis`: `[..., n, ...]` at indices `[i…]` → `[..., i…, ...]`; where a runtime lacks it for tables of
 * indices, by a list of them. Signature: `ai.onnx@11::Gather`, `ai.onnx@13::Gather`
 */
export function gather<D extends DType>(x: Value<D>, indices: Value<'int64'>, axis = 0): Value<D> {
  requireDType('Gather', indices, ['int64'])
  const front = axisOf('Gather', x, axis)
  const shape = [...x.shape.slice(0, front), ...indices.shape, ...x.shape.slice(front + 1)]
  const table =
    x.graph.lacks.includes('Gather') && indices.shape.length > 1 && x.graph.constants.tensors.get(indices.name)
  if (table) return reshape(gather(x, x.graph.ints([...table.data].map(Number)), front), shape)
  return x.graph.emit('Gather', [x, indices], [x.dtype, shape], { axis: { int: front } })
}

/**
 * Entries of each row of `x` `[…, n]` at `indices` `[…, k]` of its own, all other sizes equal. What `gather` does to the
 * entries of one row, the CPU provider does in half the time this way, and several rows with several threads. Signature:
 * `ai.onnx@11::GatherElements`, `ai.onnx@13::GatherElements`
 */
export function pick<D extends DType>(x: Value<D>, indices: Value<'int64'>): Value<D> {
  requireDType('GatherElements', indices, ['int64'])
  if (x.shape.length === 0 || !sameShape(x.shape.slice(0, -1), indices.shape.slice(0, -1)))
    throw new GraphError('E_SHAPE', x.graph.at('GatherElements'), 'takes as many indices for each row', { x, indices })
  return x.graph.emit('GatherElements', [x, indices], [x.dtype, indices.shape], { axis: { int: x.shape.length - 1 } })
}

/**
 * Places of the entries that are not 0 (NaN counts), in row-major order: `[rank, count]`. The CPU provider has no
 * float64 kernel. Signature: `ai.onnx@9::NonZero`, `ai.onnx@13::NonZero`
 */
export function nonZero(x: Value, count: Dim): Value<'int64'> {
  if (x.shape.length === 0) throw new GraphError('E_SHAPE', x.graph.at('NonZero'), 'takes rank 1 or more', { x })
  return x.graph.emit('NonZero', [x], ['int64', [x.shape.length, count]])
}

/**
 * A copy of the vector `x` `[N]` with `updates` `[n]` at `indices` `[n]`. Where an index repeats the updates must
 * agree, for the order is open. Signature: `ai.onnx@11::ScatterND`, `ai.onnx@13::ScatterND`, `ai.onnx@16::ScatterND`,
 * `ai.onnx@18::ScatterND`
 */
export function scatter<D extends DType>(x: Value<D>, indices: Value<'int64'>, updates: Value<NoInfer<D>>): Value<D> {
  requireVectors('ScatterND', x, indices, updates)
  const column = unsqueeze(indices, [1])
  return x.graph.emit('ScatterND', [x, column, updates], [x.dtype, x.shape])
}

/**
 * The vector `x` `[N]` with `updates` `[n]` at `indices` `[n]`, all different: `scatter`, which the CPU provider does in
 * place this way where nothing else reads `x`. Signature: `ai.onnx@11::ScatterElements`, `ai.onnx@13::ScatterElements`,
 * `ai.onnx@16::ScatterElements`, `ai.onnx@18::ScatterElements`
 */
export function put<D extends DType>(x: Value<D>, indices: Value<'int64'>, updates: Value<NoInfer<D>>): Value<D> {
  requireVectors('ScatterElements', x, indices, updates)
  return x.graph.emit('ScatterElements', [x, indices, updates], [x.dtype, x.shape], { axis: { int: 0 } })
}

function requireVectors(op: string, x: Value, indices: Value, updates: Value): void {
  if (x.shape.length !== 1 || indices.shape.length !== 1 || !sameShape(indices.shape, updates.shape))
    throw new GraphError('E_SHAPE', x.graph.at(op), 'takes vectors', { x, indices, updates })
  requireDType(op, indices, ['int64'])
  requireDType(op, updates, [x.dtype])
}

/** Where a range begins, and how far its numbers lie apart. */
interface Steps {
  readonly start?: number
  readonly step?: Value<'int64'> | number
}

/**
 * `start, start + step, …` below a rank-0 `limit`; all whole numbers from 0 unless said: `[count]`. Signature:
 * `ai.onnx@11::Range`
 */
export function range(limit: Value<'int64'>, count: Dim, { start = 0, step = 1 }: Steps = {}): Value<'int64'> {
  requireDType('Range', limit, ['int64'])
  requireRank('Range', limit, 0)
  const [from, by] = [start, step].map((n) => lift('Range', n, limit)) as [Value<'int64'>, Value<'int64'>]
  return limit.graph.emit('Range', [from, limit, by], ['int64', [count]])
}

/**
 * A tensor of one value, in the shape that the int64 vector `sizes` holds when the graph runs. Signature:
 * `ai.onnx@9::ConstantOfShape`, `ai.onnx@20::ConstantOfShape`, `ai.onnx@21::ConstantOfShape`
 */
export function filled<D extends DType>(sizes: Value<'int64'>, shape: Shape, value: number, dtype: D): Value<D> {
  requireSizes('ConstantOfShape', sizes, shape)
  const tensor = tensorOf(dtype, [1], [value])
  return sizes.graph.emit('ConstantOfShape', [sizes], [dtype, shape], { value: { tensor } })
}
