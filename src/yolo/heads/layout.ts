import type { DType } from '../../io/index.js'
import type { Dim, Shape, Value } from '../../onnx/index.js'
import { add, concat, mul, reshape, reshapeBy, shapeOf, slice, transpose } from '../../onnx/ops/index.js'
import type { Axis, Layout } from '../config/vocabulary.js'
import type { GridSizes } from './sizes.js'

/** Sizes of the axes of one head; B, h and w may be symbols. */
export interface Extent {
  readonly b: Dim
  readonly h: Dim
  readonly w: Dim
  readonly a: number
  readonly d: number
}

/** Shape of a tensor with these axes. */
export const shapeIn = (axes: readonly Axis[], extent: Extent): Shape => axes.map((axis) => extent[axis])

/** Shape of the tensor that holds a head. */
export function headShape({ axes, fused }: Layout, extent: Extent): Shape {
  const shape = shapeIn(axes, extent)
  const pair = axes.indexOf('a')
  return fused ? [...shape.slice(0, pair), extent.a * extent.d, ...shape.slice(pair + 2)] : shape
}

/** The head with one dimension for each axis, in memory order. */
export function unfused<D extends DType>(head: Value<D>, { axes, fused }: Layout, extent: Extent): Value<D> {
  if (!fused) return head
  const shape = shapeIn(axes, extent)
  const open = axes.slice(axes.indexOf('d') + 1).some((axis) => typeof extent[axis] === 'string')
  if (!open) return reshape(head, shape)
  // More than one open size changes its place, which no constant shape can say.
  const pair = axes.indexOf('a')
  const sizes = shapeOf(head)
  const split = head.graph.ints([extent.a, extent.d])
  return reshapeBy(head, concat([slice(sizes, `:${pair}`), split, slice(sizes, `${pair + 1}:`)], 0), shape)
}

/** A tensor with axes `from`, its axes in the order `to`. */
export function reordered<D extends DType>(x: Value<D>, from: readonly Axis[], to: readonly Axis[]): Value<D> {
  const perm = to.map((axis) => from.indexOf(axis))
  return perm.every((axis, i) => axis === i) ? x : transpose(x, perm)
}

/** Places along axes; they broadcast together. */
export type Place = { readonly [A in Axis]?: Value<'int64'> }

/**
 * Place in memory of entries given by their place along each of `axes`, by Horner's rule:
 * `((b·h + row)·w + column)·A + anchor`.
 */
export function offset(axes: readonly Axis[], place: Place, grid: GridSizes, extent: Extent): Value<'int64'> {
  // The first axis is the batch, and its size does not matter.
  const size = (axis: Axis) => (axis === 'h' || axis === 'w' ? grid[axis] : (extent[axis] as number))
  const along = (axis: Axis): Value<'int64'> => {
    const at = place[axis]
    if (!at) throw new RangeError(`no place along axis ${axis}`)
    return at
  }
  const [first, ...rest] = axes as [Axis, ...Axis[]]
  return rest.reduce((at, axis) => add(mul(at, size(axis)), along(axis)), along(first))
}
