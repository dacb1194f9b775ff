import { GraphError } from '../graph/errors.js'
import { broadcast, frontAxis } from '../graph/shape.js'
import type { Shape } from '../graph/model.js'
import type { DType } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'

/** A value, or a number that takes the other operand's element type. */
export type Operand<D extends DType> = Value<D> | number

/** The number as a shared constant of `like`'s element type. */
export const lift = <D extends DType>(x: Operand<D>, like: Value<D>): Value<D> =>
  typeof x === 'number' ? like.graph.scalar(x, like.dtype) : x

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

/** The axis counted from the front: negative axes differ between runtimes on empty tensors. @throws GraphError E_RANGE */
export function axisOf(op: string, x: Value, axis: number): number {
  const front = frontAxis(axis, x.shape.length)
  if (front !== undefined) return front
  const why = `axis ${axis} is out of range for rank ${x.shape.length}`
  throw new GraphError('E_RANGE', x.graph.at(op), why, { x })
}
