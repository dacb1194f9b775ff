import type { AnyTensor } from '../../io/index.js'
import { boxEntries, coarsestStride, dimsOf, type LossConfig, layouts } from '../../yolo/index.js'

/** Sizes along the axes of the head of a scale. */
export function headSizes(logits: AnyTensor, config: LossConfig, l: number) {
  const dims = dimsOf(layouts[config.layout])
  const [b = 0, h = 0, w = 0] = (['b', 'h', 'w'] as const).map((axis) => logits.shape[dims.indexOf(axis)])
  return { b, h, w, a: config.anchorMask[l]?.length ?? 0, d: boxEntries + config.classes }
}

/** Height and width in pixels of the network input, from the logits of the coarsest scale. */
export function inputSize(logits: AnyTensor, config: LossConfig): readonly [height: number, width: number] {
  const { h, w } = headSizes(logits, config, 0)
  return [h * coarsestStride, w * coarsestStride]
}
