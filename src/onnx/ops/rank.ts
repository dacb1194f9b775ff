import { type DType, type Real, reals } from '../../io/index.js'
import { GraphError } from '../graph/errors.js'
import type { Dim } from '../graph/model.js'
import { sameShape } from '../graph/shape.js'
import type { Value } from '../graph/value.js'
import { concat } from './concat.js'
import { split } from './divide.js'
import { shapeOf } from './movement.js'
import { axisOf, type Numeric, numbers, requireDType } from './operand.js'
import { slice } from './slice.js'

/**
 * The k largest entries along an axis, largest first, and where they stand: `[…, n, …] → […, k, …]` twice. Signature:
 * `ai.onnx@11::TopK`, `ai.onnx@24::TopK`
 */
export function topK<D extends Real>(x: Value<D>, k: number, axis: number): readonly [Value<D>, Value<'int64'>] {
  requireDType('TopK', x, reals)
  const front = axisOf('TopK', x, axis)
  const size = x.shape[front]
  if (!Number.isInteger(k) || k < 1 || (typeof size === 'number' && k > size))
    throw new GraphError('E_RANGE', x.graph.at('TopK'), `k = ${k} is not between 1 and the size of axis ${front}`, {
      x,
    })
  const shape = x.shape.with(front, k)
  return x.graph.emitMany('TopK', [x, x.graph.ints([k])], [[x.dtype, shape] as const, ['int64', shape] as const], {
    axis: { int: front },
    sorted: { int: 1 },
  })
}

/**
 * Where the entries along an axis stand in the order of their size, largest or smallest first, and their values in this
 * order: `[…, n, …]` twice. Entries that are compared must differ, for runtimes order equal ones as they like.
 * Signature: `ai.onnx@11::TopK`, `ai.onnx@24::TopK`
 */
export function sorted<D extends Numeric>(
  x: Value<D>,
  first: 'largest' | 'smallest',
  along = -1,
): readonly [values: Value<D>, places: Value<'int64'>] {
  requireDType('TopK', x, numbers)
  const axis = axisOf('TopK', x, along)
  const size = x.shape[axis] as Dim
  const k = typeof size === 'number' ? x.graph.ints([size]) : slice(shapeOf(x), `${axis}:${axis + 1}`)
  const attributes = { axis: { int: axis }, sorted: { int: 1 }, largest: { int: first === 'largest' ? 1 : 0 } }
  return x.graph.emitMany('TopK', [x, k], [[x.dtype, x.shape] as const, ['int64', x.shape] as const], attributes)
}

/**
 * A copy of `x` `[…r, …]` with the rows `updates` `[B, k, …]` at `indices` `[B, k, r]` of its first r axes, all
 * different; where a runtime lacks `ScatterND of numbers`, rows of one number are written twice beside each other. Signature:
 * `ai.onnx@11::ScatterND`, `ai.onnx@13::ScatterND`, `ai.onnx@16::ScatterND`,
 * `ai.onnx@18::ScatterND`
 */
export function scatterRows<D extends DType>(
  x: Value<D>,
  indices: Value<'int64'>,
  updates: Value<NoInfer<D>>,
): Value<D> {
  requireDType('ScatterND', indices, ['int64'])
  const wanted = [...indices.shape.slice(0, -1), ...x.shape.slice(indices.shape.at(-1) as number)]
  if (!sameShape(updates.shape, wanted))
    throw new GraphError('E_SHAPE', x.graph.at('ScatterND'), `takes updates [${wanted}]`, { x, indices, updates })
  if (x.shape.at(-1) === 1 && indices.shape.at(-1) !== x.shape.length && x.graph.lacks.includes('ScatterND of numbers'))
    return scatterPairs(x, indices, updates)
  return x.graph.emit('ScatterND', [x, indices, updates], [x.dtype, x.shape])
}

/** The same by rows of two equal numbers. */
function scatterPairs<D extends DType>(x: Value<D>, indices: Value<'int64'>, updates: Value<D>): Value<D> {
  const axis = x.shape.length - 1
  const pairs = scatterRows(concat([x, x], axis), indices, concat([updates, updates], updates.shape.length - 1))
  return split(pairs, [1, 1], axis)[0]
}
