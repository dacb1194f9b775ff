import type { DType } from '../../io/index.js'
import { GraphError } from '../graph/errors.js'
import type { Dim } from '../graph/model.js'
import { sum } from '../graph/shape.js'
import type { Value } from '../graph/value.js'
import { concatAll } from './concat.js'
import { shapeOf, vectorOf } from './movement.js'
import { axisOf, requireDType, sizesAreInputs } from './operand.js'
import { cumSum } from './reduce.js'
import { gather } from './select.js'
import { sizeOfDim } from './size.js'

/** A tuple type with one `T` for each element of `S`. */
type Each<S extends readonly unknown[], T> = { -readonly [I in keyof S]: T }

/** Parts of the given sizes along an axis. Signature: `ai.onnx@11::Split`, `ai.onnx@13::Split`, `ai.onnx@18::Split` */
export function split<D extends DType, const S extends readonly Dim[]>(
  x: Value<D>,
  sizes: S,
  axis: number,
): Each<S, Value<D>> {
  const front = axisOf('Split', x, axis)
  const counts = sizes.map((size) => sizeOfDim(x.graph, size) ?? Number.NaN)
  const fits = counts.every((size) => typeof size !== 'number' || (Number.isInteger(size) && size >= 0))
  if (!fits || sum(sizes) !== x.shape[front])
    throw new GraphError('E_SHAPE', x.graph.at('Split'), `sizes [${sizes}] do not add up to axis ${front}`, { x })
  const results = sizes.map((size) => [x.dtype, x.shape.with(front, size)] as const)
  const axisGiven = { axis: { int: front } }
  const parts = sizesAreInputs(x)
    ? x.graph.emitMany('Split', [x, vectorOf(x, counts)], results, axisGiven)
    : x.graph.emitMany('Split', [x], results, { ...axisGiven, split: { ints: counts as number[] } })
  return parts as unknown as Each<S, Value<D>>
}

/** How an axis divides into parts: their sizes when the graph runs `[L]`, and as dimensions. */
export interface Division {
  readonly counts: Value<'int64'>
  readonly sizes: readonly Dim[]
}

/** The division of the axis along which vectors are concatenated. */
export function divisionOf(vectors: readonly Value[]): Division {
  const [first] = vectors as [Value, ...Value[]]
  const sizes = vectors.map((v) => v.shape[0] as Dim)
  const known = sizes.every((size) => typeof size === 'number')
  const counts = known ? first.graph.ints(sizes) : concatAll(vectors.map(shapeOf), 0)
  return { counts, sizes }
}

/**
 * Parts of `x` along an axis, in sizes that may be known only when the graph runs. Signature: `ai.onnx@11::Split`,
 * `ai.onnx@13::Split`, `ai.onnx@18::Split`
 */
export function divide<D extends DType>(x: Value<D>, { counts, sizes }: Division, axis = 0): Value<D>[] {
  requireDType('Split', counts, ['int64'])
  const front = axisOf('Split', x, axis)
  if (sizes.every((size) => typeof size === 'number')) return [...split(x, sizes, front)]
  if (counts.shape[0] !== sizes.length)
    throw new GraphError('E_SHAPE', x.graph.at('Split'), `takes ${sizes.length} counts`, { x, counts })
  const shapes = sizes.map((size) => x.shape.with(front, size))
  if (!sizesAreInputs(x)) return sliced(x, counts, shapes, front)
  const results = shapes.map((shape) => [x.dtype, shape] as const)
  return x.graph.emitMany('Split', [x, counts], results, { axis: { int: front } })
}

/** The same where Split takes its sizes as constants only. */
function sliced<D extends DType>(x: Value<D>, counts: Value<'int64'>, shapes: readonly Dim[][], axis: number) {
  const { graph } = x
  const ends = cumSum(counts)
  const bound = (i: number) => (i < 0 ? graph.ints([0]) : gather(ends, graph.ints([i])))
  return shapes.map((shape, i) =>
    graph.emit('Slice', [x, bound(i - 1), bound(i), graph.ints([axis])], [x.dtype, shape]),
  )
}
