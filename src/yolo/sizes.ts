import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { mul } from '../ops/elementwise.js'
import { cast, shapeOf } from '../ops/movement.js'
import { gather } from '../ops/select.js'

/** Ratio of the input size to the coarsest grid. Source: keras-yolo3 `yolo_loss`, `input_shape`. */
const coarsestStride = 32

/** What a loss has to know of its sizes, read from a shape when the graph runs. Rank 0 unless said. */
export interface Sizes<D extends Real = Real> {
  readonly b: Value<'int64'>
  readonly h: Value<'int64'>
  readonly w: Value<'int64'>
  /** Grid size (w, h), `[2]`. */
  readonly g: Value<D>
}

/** Sizes of a scale from its labels `[B, h, w, A, 5+C]`. */
export function sizesOf<D extends Real>(labels: Value<D>): Sizes<D> {
  const { graph, dtype } = labels
  return graph.scope('sizes', () => {
    const shape = shapeOf(labels)
    const at = (axis: number) => gather(shape, graph.scalar(axis, 'int64'))
    return { b: at(0), h: at(1), w: at(2), g: cast(gather(shape, graph.ints([2, 1])), dtype) }
  })
}

/** Input size S = (width, height) in pixels from the coarsest grid: `[2]`. */
export const inputSize = <D extends Real>(coarsest: Sizes<D>): Value<D> => mul(coarsest.g, coarsestStride)
