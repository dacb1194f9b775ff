import type { Dim, Shape } from '../graph/model.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { add, mul } from '../ops/elementwise.js'
import { reshape } from '../ops/movement.js'
import type { Sizes } from './sizes.js'

/** The axes of a head: image, row, column, anchor, entry (tx ty tw th obj cls…). */
export type Axis = 'b' | 'h' | 'w' | 'a' | 'd'

/** Order of the axes in memory, and whether anchor and entry share one dimension of the tensor. */
export interface Layout {
  readonly axes: readonly Axis[]
  readonly fused: boolean
}

const order = (axes: string): readonly Axis[] => [...axes] as Axis[]

/** How frameworks hand out their heads. */
export const layouts = {
  /** `[B, h, w, A·(5+C)]`: Keras, TensorFlow. */
  nhwc: { axes: order('bhwad'), fused: true },
} as const satisfies Record<string, Layout>

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
export const unfused = <D extends Real>(head: Value<D>, { axes, fused }: Layout, extent: Extent): Value<D> =>
  fused ? reshape(head, shapeIn(axes, extent)) : head

/** Places along axes; they broadcast together. */
export type Place = { readonly [A in Axis]?: Value<'int64'> }

/**
 * Place in memory of entries given by their place along each of `axes`, by Horner's rule:
 * `((b·h + row)·w + column)·A + anchor`.
 */
export function offset(axes: readonly Axis[], place: Place, sizes: Sizes, extent: Extent): Value<'int64'> {
  const size = (axis: Axis) => (axis === 'a' || axis === 'd' ? extent[axis] : sizes[axis])
  const along = (axis: Axis): Value<'int64'> => {
    const at = place[axis]
    if (!at) throw new RangeError(`no place along axis ${axis}`)
    return at
  }
  const [first, ...rest] = axes as [Axis, ...Axis[]]
  return rest.reduce((at, axis) => add(mul(at, size(axis)), along(axis)), along(first))
}
