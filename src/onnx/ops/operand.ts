import { type DType, reals } from '../../io/index.js'
import { holds } from '../graph/constants.js'
import { GraphError } from '../graph/errors.js'
import type { Shape } from '../graph/model.js'
import { broadcast, frontAxis } from '../graph/shape.js'
import type { Value } from '../graph/value.js'

/**
 * A value, or a number that takes the other operand's element type. Written `Operand<NoInfer<D>>` where the other
 * operand decides: else D would become the union of two element types, and mixing them would compile.
 */
export type Operand<D extends DType> = Value<D> | number

/** Element types that can be calculated with. */
export type Numeric = Exclude<DType, 'bool'>

export const numbers: readonly DType[] = [...reals, 'int32', 'int64']

/** The number as a shared constant of `like`'s element type. @throws GraphError E_RANGE when that cannot hold it */
export function lift<D extends DType>(op: string, x: Operand<D>, like: Value<D>): Value<D> {
  if (typeof x !== 'number') return x
  if (!holds(like.dtype, x)) throw new GraphError('E_RANGE', like.graph.at(op), `${x} is no ${like.dtype}`, { like })
  return like.graph.scalar(x, like.dtype)
}

/** The first of two operands as a value; a number takes the element type of the other. @throws GraphError E_GRAPH, E_RANGE */
export function leading<D extends DType>(op: string, x: Operand<D>, other: Operand<D>): Value<D> {
  if (typeof x !== 'number') return x
  if (typeof other !== 'number') return lift(op, x, other)
  const hint = 'calculate with them in JavaScript, or make one a constant of a graph'
  throw new GraphError('E_GRAPH', op, `${x} and ${other} are both numbers, and belong to no graph`, {}, hint)
}

/** An operator of two operands, of which either may be a number. */
export interface OfTwo<T extends DType> {
  <D extends T>(a: Value<D>, b: Operand<NoInfer<D>>): Value<D>
  <D extends T>(a: Operand<NoInfer<D>>, b: Value<D>): Value<D>
}

/** Shape of an element-wise result. @throws GraphError E_DTYPE, E_SHAPE */
export function elementwise(op: string, operands: Readonly<Record<string, Value>>): Shape {
  const [first, ...rest] = Object.values(operands) as [Value, ...Value[]]
  const at = first.graph.at(op)
  for (const v of rest) {
    if (v.dtype !== first.dtype)
      throw new GraphError('E_DTYPE', at, 'operands must have one element type', operands, 'convert one with cast()')
  }
  return broadcasting(op, operands)
}

/** Broadcast shape of operands whose element types may differ. @throws GraphError E_SHAPE */
export function broadcasting(op: string, operands: Readonly<Record<string, Value>>): Shape {
  const [first, ...rest] = Object.values(operands) as [Value, ...Value[]]
  return rest.reduce<Shape>((shape, v) => {
    const wider = broadcast(shape, v.shape)
    if (wider) return wider
    const hint = 'dimensions must be equal, or one of them 1; a symbol equals only itself'
    throw new GraphError('E_SHAPE', first.graph.at(op), 'shapes do not broadcast', operands, hint)
  }, first.shape)
}

/** Refuses operands whose element type is not listed. @throws GraphError E_DTYPE */
export function requireDType(op: string, x: Value, allowed: readonly DType[]): void {
  if (allowed.includes(x.dtype)) return
  throw new GraphError('E_DTYPE', x.graph.at(op), `takes ${allowed.join(', ')}`, { x })
}

/** Refuses operands of another rank. @throws GraphError E_SHAPE */
export function requireRank(op: string, x: Value, rank: number): void {
  if (x.shape.length === rank) return
  throw new GraphError('E_SHAPE', x.graph.at(op), `takes rank ${rank}, got ${x.shape.length}`, { x })
}

/** Refuses `sizes` that cannot hold the sizes of `shape`. @throws GraphError E_DTYPE, E_SHAPE */
export function requireSizes(op: string, sizes: Value, shape: Shape): void {
  requireDType(op, sizes, ['int64'])
  if (sizes.shape.length === 1 && sizes.shape[0] === shape.length) return
  throw new GraphError('E_SHAPE', sizes.graph.at(op), `takes ${shape.length} sizes for [${shape}]`, { sizes })
}

/**
 * Whether the opset takes axes (ReduceSum, Squeeze, Unsqueeze) and the sizes of Split as an input, not an attribute.
 */
export const sizesAreInputs = (x: Value): boolean => x.graph.opset >= 13

/** Slice clamps its ends, so this stands for "to the very end", and its negative for the same in the other direction. */
export const farEnd = Number.MAX_SAFE_INTEGER

/**
 * The axis counted from the front: negative axes differ between runtimes on empty tensors. @throws GraphError E_RANGE
 */
export function axisOf(op: string, x: Value, axis: number): number {
  const front = frontAxis(axis, x.shape.length)
  if (front !== undefined) return front
  const why = `axis ${axis} is out of range for rank ${x.shape.length}`
  throw new GraphError('E_RANGE', x.graph.at(op), why, { x })
}

/** Distinct axes counted from the front. @throws GraphError E_RANGE */
export function axesOf(op: string, x: Value, axes: readonly number[]): number[] {
  const front = axes.map((axis) => axisOf(op, x, axis))
  if (new Set(front).size === front.length) return front
  throw new GraphError('E_RANGE', x.graph.at(op), `[${axes}] names an axis twice`, { x })
}
