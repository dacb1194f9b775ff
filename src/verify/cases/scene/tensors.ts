import type { Tensor } from '../../../io/index.js'
import type { LossConfig } from '../../../yolo/index.js'

/** As much of a configuration as decides what inputs suit it. */
export type SceneConfig = Pick<LossConfig, 'anchors' | 'anchorMask' | 'classes' | 'ignoreThreshold'>

/** The inputs of the loss, per scale and coarsest first. */
export interface Tensors {
  /** `[B,h,w,A·(5+C)]` */
  readonly logits: Tensor<'float32'>[]
  /** `[B,h,w,A,5+C]` */
  readonly labels: Tensor<'float32'>[]
  /** Rows of boxes `[B,T,5]` or `[B,T,6]`, where they are what the labels follow from. */
  readonly boxes?: Tensor<'float32'>
}
