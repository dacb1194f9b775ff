import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { fullLike } from './full.js'
import { inLayout } from './inorder.js'
import type { Loss } from './reducing.js'
import { logitGradients } from './terms/backward.js'
import { soundly, type Unsound } from './unsound.js'

/** The derivatives of a loss, or of the sum of those of images, by the logits of each scale in the layout of its head. */
export function gradientsOf<D extends Real>({ loss, scales }: Loss<D>, unsound: Unsound | undefined): Value<D>[] {
  const { graph, dtype, shape } = loss
  const one = shape.length === 0 ? graph.scalar(1, dtype) : fullLike(loss, 1, dtype)
  const found = logitGradients(loss, soundly(unsound, one), scales)
  return scales.map(({ given: { scale } }, l) =>
    graph.scope(`layer${l}/gradient`, () => inLayout(scale, found[l] as Value<D>)),
  )
}
