import type { DType } from '../../io/index.js'
import { dataTypeCode } from '../graph/dtypes.js'
import { GraphError } from '../graph/errors.js'
import type { Dim, Shape } from '../graph/model.js'
import { product } from '../graph/shape.js'
import type { Value } from '../graph/value.js'
import { concatAll } from './concat.js'
import { equal, not } from './logic.js'
import { axesOf, broadcasting, requireSizes, sizesAreInputs } from './operand.js'
import { sizeOfDim } from './size.js'

/**
 * The same elements in another shape, written with the dimensions themselves, symbols included: `reshape(x, ['B', 'h',
 * 'w', 3, 85])`.
 * @throws GraphError E_SHAPE when the sizes differ or more than one dimension stays unknown.
 * Signature: `ai.onnx@5::Reshape`, `ai.onnx@13::Reshape`, `ai.onnx@14::Reshape`, `ai.onnx@19::Reshape`, `ai.onnx@21::Reshape`,
 * `ai.onnx@23::Reshape`, `ai.onnx@24::Reshape`, `ai.onnx@25::Reshape`
 */
export function reshape<D extends DType>(x: Value<D>, shape: Shape): Value<D> {
  requireSameSize(x, shape)
  const at = x.graph.at('Reshape')
  // 0 copies the dimension at the same place, −1 stands for the one that is left.
  const codes = shape.map((d, i) => (d === x.shape[i] && typeof d !== 'number' ? 0 : (sizeOfDim(x.graph, d) ?? -1)))
  if (codes.filter((c) => c === -1).length > 1) {
    const hint = 'only one symbolic dimension may move; reshape in two steps'
    throw new GraphError('E_SHAPE', at, `[${shape}] leaves several dimensions unknown`, { x }, hint)
  }
  if ((codes.includes(-1) && shape.includes(0)) || shape.some((d, i) => d === 0 && x.shape[i] !== 0))
    throw new GraphError('E_SHAPE', at, `[${shape}] moves a dimension of size 0`, { x })
  return x.graph.emit('Reshape', [x, vectorOf(x, codes)], [x.dtype, shape])
}

/** Sizes as an int64 vector: a constant, unless some are known only when the graph runs. */
export function vectorOf({ graph }: Value, sizes: readonly (Value<'int64'> | number)[]): Value<'int64'> {
  if (sizes.every((size) => typeof size === 'number')) return graph.ints(sizes)
  const parts = sizes.map((size) => (typeof size === 'number' ? graph.ints([size]) : unsqueeze(size, [0])))
  return concatAll(parts, 0)
}

/**
 * The same elements in the shape that the int64 vector `sizes` holds when the graph runs. Signature:
 * `ai.onnx@5::Reshape`, `ai.onnx@13::Reshape`, `ai.onnx@14::Reshape`, `ai.onnx@19::Reshape`, `ai.onnx@21::Reshape`,
 * `ai.onnx@23::Reshape`, `ai.onnx@24::Reshape`, `ai.onnx@25::Reshape`
 */
export function reshapeBy<D extends DType>(x: Value<D>, sizes: Value<'int64'>, shape: Shape): Value<D> {
  requireSizes('Reshape', sizes, shape)
  requireSameSize(x, shape)
  return x.graph.emit('Reshape', [x, sizes], [x.dtype, shape])
}

function requireSameSize(x: Value, shape: Shape): void {
  if (product(x.shape) === product(shape)) return
  throw new GraphError('E_SHAPE', x.graph.at('Reshape'), `[${shape}] has another number of elements`, { x })
}

/** The same elements in the shape of another value of equal size. */
export const reshapeLike = <D extends DType>(x: Value<D>, like: Value): Value<D> =>
  like.shape.every((d) => typeof d === 'number') ? reshape(x, like.shape) : reshapeBy(x, shapeOf(like), like.shape)

/**
 * The sizes of `x` as int64 `[rank]`. Signature: `ai.onnx@1::Shape`, `ai.onnx@13::Shape`, `ai.onnx@15::Shape`,
 * `ai.onnx@19::Shape`, `ai.onnx@21::Shape`, `ai.onnx@23::Shape`, `ai.onnx@24::Shape`, `ai.onnx@25::Shape`
 */
export const shapeOf = (x: Value): Value<'int64'> => x.graph.emit('Shape', [x], ['int64', [x.shape.length]])

/**
 * All elements in one row. Signature: `ai.onnx@5::Reshape`, `ai.onnx@13::Reshape`, `ai.onnx@14::Reshape`,
 * `ai.onnx@19::Reshape`, `ai.onnx@21::Reshape`, `ai.onnx@23::Reshape`, `ai.onnx@24::Reshape`, `ai.onnx@25::Reshape`
 */
export const flatten = <D extends DType>(x: Value<D>): Value<D> => reshape(x, [product(x.shape)])

/**
 * Axes in another order. Signature: `ai.onnx@1::Transpose`, `ai.onnx@13::Transpose`, `ai.onnx@21::Transpose`,
 * `ai.onnx@23::Transpose`, `ai.onnx@24::Transpose`, `ai.onnx@25::Transpose`
 */
export function transpose<D extends DType>(x: Value<D>, perm: readonly number[]): Value<D> {
  if (perm.toSorted((a, b) => a - b).join() !== x.shape.map((_, i) => i).join())
    throw new GraphError('E_RANGE', x.graph.at('Transpose'), `[${perm}] is no permutation of the axes`, { x })
  const shape = perm.map((axis) => x.shape[axis] as Dim)
  return x.graph.emit('Transpose', [x], [x.dtype, shape], { perm: { ints: perm } })
}

/**
 * Axes of size 1 put in at these places of the result. Signature: `ai.onnx@11::Unsqueeze`, `ai.onnx@13::Unsqueeze`,
 * `ai.onnx@21::Unsqueeze`, `ai.onnx@23::Unsqueeze`, `ai.onnx@24::Unsqueeze`, `ai.onnx@25::Unsqueeze`
 */
export function unsqueeze<D extends DType>(x: Value<D>, axes: readonly number[]): Value<D> {
  const rank = x.shape.length + axes.length
  const front = axes.map((a) => (a < 0 ? a + rank : a))
  if (new Set(front).size !== front.length || front.some((a) => a < 0 || a >= rank))
    throw new GraphError('E_RANGE', x.graph.at('Unsqueeze'), `[${axes}] are no new axes of rank ${rank}`, { x })
  const rest = [...x.shape]
  const shape = Array.from({ length: rank }, (_, i) => (front.includes(i) ? 1 : (rest.shift() as Dim)))
  return withAxes('Unsqueeze', x, front, shape)
}

/**
 * Without these axes of size 1. Signature: `ai.onnx@11::Squeeze`, `ai.onnx@13::Squeeze`, `ai.onnx@21::Squeeze`,
 * `ai.onnx@23::Squeeze`, `ai.onnx@24::Squeeze`, `ai.onnx@25::Squeeze`
 */
export function squeeze<D extends DType>(x: Value<D>, axes: readonly number[]): Value<D> {
  const front = axesOf('Squeeze', x, axes)
  if (front.length === 0) return x // an empty list would mean all axes of size 1
  if (front.some((axis) => x.shape[axis] !== 1))
    throw new GraphError('E_SHAPE', x.graph.at('Squeeze'), `axes [${axes}] are not all 1`, { x })
  const shape = x.shape.filter((_, i) => !front.includes(i))
  return withAxes('Squeeze', x, front, shape)
}

const withAxes = <D extends DType>(op: string, x: Value<D>, axes: readonly number[], shape: Shape): Value<D> =>
  sizesAreInputs(x)
    ? x.graph.emit(op, [x, x.graph.ints(axes)], [x.dtype, shape])
    : x.graph.emit(op, [x], [x.dtype, shape], { axes: { ints: axes } })

/**
 * Broadcast to the shape that the int64 vector `sizes` holds when the graph runs. Signature: `ai.onnx@8::Expand`,
 * `ai.onnx@13::Expand`
 */
export function expand<D extends DType>(x: Value<D>, sizes: Value<'int64'>, shape: Shape): Value<D> {
  requireSizes('Expand', sizes, shape)
  const target = { ...x, shape }
  return x.graph.emit('Expand', [x, sizes], [x.dtype, broadcasting('Expand', { x, target })])
}

/**
 * Another element type; any number but 0 is true, NaN too, by comparison where a runtime has no `Cast to bool`. Signature: `ai.onnx@9::Cast`, `ai.onnx@13::Cast`,
 * `ai.onnx@19::Cast`, `ai.onnx@21::Cast`, `ai.onnx@23::Cast`, `ai.onnx@24::Cast`, `ai.onnx@25::Cast`
 */
export function cast<D extends DType>(x: Value, dtype: D): Value<D> {
  if (x.dtype === (dtype as DType)) return x as Value<D>
  if (dtype === 'bool' && x.graph.lacks.includes('Cast to bool')) return not(equal(x, 0)) as Value as Value<D>
  return x.graph.emit('Cast', [x], [dtype, x.shape], { to: { int: dataTypeCode(dtype) } })
}
