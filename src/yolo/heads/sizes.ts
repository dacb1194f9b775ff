import type { Real } from '../../io/index.js'
import { tensorOf, type Value } from '../../onnx/index.js'
import { mul } from '../../onnx/math.js'
import { gather } from '../../onnx/select.js'
import { cast, shapeOf } from '../../onnx/shape.js'
import { coarsestStride } from '../config/vocabulary.js'

/** Rows and columns of a grid. */
export interface GridSizes {
  readonly h: Value<'int64'>
  readonly w: Value<'int64'>
}

/** Batch and grid of a scale as numbers the graph can use; constants where the shapes are fixed. Rank 0 unless said. */
export interface Sizes<D extends Real = Real> extends GridSizes {
  readonly b: Value<'int64'>
  /** Grid size (w, h), `[2]`. */
  readonly wh: Value<'int64'>
  /** The same as numbers to calculate with. */
  readonly g: Value<D>
}

/** Where the batch, the rows and the columns stand in a shape. */
export interface SizeAxes {
  readonly b: number
  readonly h: number
  readonly w: number
}

/** Sizes of a scale from the shape of a value, in the given element type. */
export function sizesOf<D extends Real>(x: Value, axes: SizeAxes, dtype: D): Sizes<D> {
  const { graph } = x
  const [b, h, w] = [axes.b, axes.h, axes.w].map((axis) => x.shape[axis])
  if (typeof b === 'number' && typeof h === 'number' && typeof w === 'number') {
    const size = (n: number) => graph.scalar(n, 'int64')
    const g = graph.constant(tensorOf(dtype, [2], [w, h]))
    return { b: size(b), h: size(h), w: size(w), wh: graph.ints([w, h]), g }
  }
  return graph.scope('sizes', () => {
    const shape = shapeOf(x)
    const size = (axis: number) => gather(shape, graph.scalar(axis, 'int64'))
    const wh = gather(shape, graph.ints([axes.w, axes.h]))
    return { b: size(axes.b), h: size(axes.h), w: size(axes.w), wh, g: cast(wh, dtype) }
  })
}

/** Input size S = (width, height) in pixels, `[2]`, from the coarsest scale. */
export function inputSize<D extends Real>(coarsest: Value, { h, w }: SizeAxes, { g }: Sizes<D>): Value<D> {
  const [rows, columns] = [coarsest.shape[h], coarsest.shape[w]]
  if (typeof rows !== 'number' || typeof columns !== 'number') return mul(g, coarsestStride)
  return g.graph.constant(tensorOf(g.dtype, [2], [coarsestStride * columns, coarsestStride * rows]))
}
