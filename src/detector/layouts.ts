import type { Real } from '../io/index.js'
import { type Dim, product, type Shape, type Value } from '../onnx/index.js'
import { reshape } from '../onnx/shape.js'
import { type Axis, type Layout, labelAxes, layouts, reordered } from '../yolo/index.js'

/** Number of anchors of a scale, and of entries of each: 5 + classes. */
export interface ChannelSizes {
  readonly anchors: number
  readonly entries: number
}

/** Rows and columns of a scale, as dimensions. */
export interface GridDims {
  readonly h: Dim
  readonly w: Dim
}

/** Order of the axes in memory, and those of them that share one dimension of the tensor: `ad`, `hwa` or none. */
interface AxisOrder {
  readonly axes: readonly Axis[]
  readonly shared: string
}

const ofLoss = ({ axes, fused }: Layout): AxisOrder => ({ axes, shared: fused ? 'ad' : '' })

/** How detectors hand out their heads: as the loss takes them, and in other ways. */
const axisOrders = {
  nchw: ofLoss(layouts.nchw),
  nhwc: ofLoss(layouts.nhwc),
  nahwc: ofLoss(layouts.nahwc),
  nachw: ofLoss(layouts.nachw),
  /** `[B, h, w, A, 5+C]` */
  nhwac: { axes: labelAxes, shared: '' },
  /** `[B, h·w·A, 5+C]` */
  'flat-hwa': { axes: labelAxes, shared: 'hwa' },
  /** `[B, A·h·w, 5+C]` */
  'flat-ahw': { axes: layouts.nahwc.axes, shared: 'ahw' },
} satisfies Record<string, AxisOrder>

export type HeadLayout = keyof typeof axisOrders
export const headLayouts = Object.keys(axisOrders) as HeadLayout[]

/** Whether rows and columns share a dimension, so that a shape does not tell them. */
export const isFlat = (layout: HeadLayout): boolean => axisOrders[layout].shared.includes('hw')

/** Order of the axes of a layout in memory, whichever of them share a dimension. */
export const axesOf = (layout: HeadLayout): readonly Axis[] => axisOrders[layout].axes

/** The dimensions of a layout, each as the axes that share it. */
function dimsOf(layout: HeadLayout): string[] {
  const { axes, shared } = axisOrders[layout]
  return axes.join('').match(new RegExp(`${shared || '.'}|.`, 'g')) ?? []
}

/** Description of a layout's shape, for messages. */
export function shapeText(layout: HeadLayout, { anchors, entries }: ChannelSizes): string {
  const sizes: Readonly<Record<string, string>> = {
    b: 'N',
    a: `${anchors}`,
    d: `${entries}`,
    ad: `${anchors * entries}`,
  }
  return `[${dimsOf(layout).map((dim) => sizes[dim] ?? Array.from(dim, (axis) => sizes[axis] ?? axis).join('·'))}]`
}

/** Whether a shape is of a layout. With `strict` the sizes that tell layouts apart must be known. */
export function fits(shape: readonly Dim[], layout: HeadLayout, sizes: ChannelSizes, strict: boolean): boolean {
  const order = dimsOf(layout)
  if (order.length !== shape.length) return false
  return order.every((axes, i) => {
    const dim = shape[i]
    const isFixed = /^[ad]+$/.test(axes)
    if (typeof dim !== 'number') return !isFixed || !strict
    const wanted = (axes.includes('a') ? sizes.anchors : 1) * (axes.includes('d') ? sizes.entries : 1)
    return isFixed ? dim === wanted : axes === 'b' || (dim > 0 && dim % wanted === 0)
  })
}

/** What a shape has along an axis; undefined where that shares its dimension with others. */
export const dimAlong = (axis: Axis, shape: readonly Dim[], layout: HeadLayout): Dim | undefined =>
  shape[dimsOf(layout).indexOf(axis)]

/**
 * Sizes of the grid as far as the shape shows them; `''` where it does not. Symbols show nothing: PyTorch's exporter
 * has been seen to call the rows of a head `batch`.
 */
export function gridIn(shape: readonly Dim[], layout: HeadLayout): GridDims {
  const at = (axis: Axis) => {
    const dim = dimAlong(axis, shape, layout)
    return typeof dim === 'number' ? dim : ''
  }
  return { h: at('h'), w: at('w') }
}

/**
 * A head as the loss reads it, `[N, h, w, A·(5+C)]`: at most a Transpose between two Reshapes.
 * @param grid its rows and columns, by the names the shape of `x` has for them
 */
export function toNhwc<D extends Real>(x: Value<D>, layout: HeadLayout, grid: GridDims, sizes: ChannelSizes): Value<D> {
  const extent = { b: x.shape[0] as Dim, ...grid, a: sizes.anchors, d: sizes.entries }
  const { axes, shared } = axisOrders[layout]
  // Anchor and entry in one dimension change places together.
  const from = axes.filter((axis) => axis !== 'a' || shared !== 'ad')
  const to = labelAxes.filter((axis) => from.includes(axis))
  const isInOrder = from.join() === to.join()
  const apart =
    isFlat(layout) && !isInOrder
      ? reshape(
          x,
          axes.map((axis) => extent[axis]),
        )
      : x
  const ordered = reordered(apart, from, to)
  const fused: Shape = [extent.b, extent.h, extent.w, product([extent.a, extent.d])]
  return shared === 'ad' ? ordered : reshape(ordered, fused)
}
