import type { DType } from '../../io/index.js'
import { type Dim, product, type Shape, type Value } from '../../onnx/index.js'
import { add, mul } from '../../onnx/math.js'
import { concat, slice } from '../../onnx/parts.js'
import { reshape, reshapeBy, shapeOf, sizeOfDim, transpose, vectorOf } from '../../onnx/shape.js'
import type { Axis, Layout } from '../config/vocabulary.js'

/** Sizes of the axes of one head; B, h and w may be symbols. */
export interface Extent {
  readonly b: Dim
  readonly h: Dim
  readonly w: Dim
  readonly a: number
  readonly d: Dim
  /** Number of classes, which is what d has beside the box. */
  readonly classes: Dim
}

/** Shape of a tensor with these axes. */
export const shapeIn = (axes: readonly Axis[], extent: Extent): Shape => axes.map((axis) => extent[axis])

/** Shape of the tensor that holds a head. */
export function headShape({ axes, fused }: Layout, extent: Extent): Shape {
  const shape = shapeIn(axes, extent)
  const pair = axes.indexOf('a')
  return fused ? [...shape.slice(0, pair), product([extent.a, extent.d]), ...shape.slice(pair + 2)] : shape
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
  const split = vectorOf(head, [extent.a, sizeOfDim(head.graph, extent.d) ?? -1])
  return reshapeBy(head, concat([slice(sizes, `:${pair}`), split, slice(sizes, `${pair + 1}:`)], 0), shape)
}

/** A tensor with axes `from`, its axes in the order `to`. */
export function reordered<D extends DType>(x: Value<D>, from: readonly Axis[], to: readonly Axis[]): Value<D> {
  const perm = to.map((axis) => from.indexOf(axis))
  return perm.every((axis, i) => axis === i) ? x : transpose(x, perm)
}

/** Places along axes; they broadcast together. */
export type Place = { readonly [A in Axis]?: Value<'int64'> }

/** Sizes along axes, known or not. */
export type AxisSizes = { readonly [A in Axis]?: Value<'int64'> | number }

/**
 * Place in memory of entries given by their place along each of `axes`, by Horner's rule:
 * `((b·h + row)·w + column)·A + anchor`. The size of the first axis does not matter.
 */
export function offset(axes: readonly Axis[], place: Place, sizes: AxisSizes): Value<'int64'> {
  const along = <T>(of: { readonly [A in Axis]?: T }, axis: Axis): T => {
    const found = of[axis]
    if (found === undefined) throw new RangeError(`nothing along axis ${axis}`)
    return found
  }
  const [first, ...rest] = axes as [Axis, ...Axis[]]
  return rest.reduce((at, axis) => add(mul(at, along(sizes, axis)), along(place, axis)), along(place, first))
}
