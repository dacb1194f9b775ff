import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { reshape, reshapeBy, reshapeLike, vectorOf } from '../../onnx/shape.js'
import { labelAxes } from '../config/vocabulary.js'
import { reordered, shapeIn } from '../heads/layout.js'
import type { Scale } from './scale.js'

/** Values of the rows of predictions with their axes apart: `[B, h·w·A, k] → [B, h, w, A, k]` */
export function inCells<D extends Real>({ extent, sizes }: Scale<D>, values: Value<D>): Value<D> {
  const k = values.shape[2] as number
  const shape = shapeIn(labelAxes, { ...extent, d: k })
  if (shape.every((d) => typeof d === 'number')) return reshape(values, shape)
  return reshapeBy(values, vectorOf(values, [sizes.b, sizes.h, sizes.w, extent.a, k]), shape)
}

/** Numbers of all logits in the layout of the head: `[B, h·w·A, 5+C]` → as the logits. */
export function inLayout<D extends Real>(scale: Scale<D>, values: Value<D>): Value<D> {
  const { layout, logits } = scale.head
  return reshapeLike(reordered(inCells(scale, values), labelAxes, layout.axes), logits)
}
