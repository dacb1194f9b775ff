import type { Terms } from './terms.js'

/** A sum of each image, `[B]`, and what rounding its float32 inputs may change. */
export interface ImageSums {
  readonly values: Float64Array
  readonly bounds: Float64Array
}

/** What the loss consists of at one scale. The terms are divided by the batch, as in the loss. */
export interface ScaleResult extends Terms<number> {
  /** Σκ over the batch, undivided; counts cells with objects too. */
  readonly ignore: number
  /** Number of rows with o ≠ 0. */
  readonly positives: number
  /** κ, `[B,h,w,A]`: 1 where the cell counts as background. */
  readonly ignoreMask: Uint8Array
  /** Best IoU with the boxes of the same image and scale, `[B,h,w,A]`; −∞ where there are none. */
  readonly bestIou: Float64Array
  /**
   * Between what a float32 computation finds `bestIou`, `[B,h,w,A]`; −∞ and +∞ where float32 meets 0/0 or ∞·0.
   * κ is open where `iouLow < θ ≤ iouHigh`, and nowhere else.
   */
  readonly iouLow: Float64Array
  readonly iouHigh: Float64Array
  /** The least value the terms can take for these labels, divided by the batch. */
  readonly entropyFloor: number
  /** First-order effect of rounding to float32 on each term, beyond the relative tolerance; 0 for a non-finite term. */
  readonly bound: Terms<number>
  /** The terms of each image, not divided by the batch. */
  readonly perImage: Terms<ImageSums>
  /** The least that each can be for these labels. */
  readonly perImageFloor: Terms<ImageSums>
}

export interface OracleResult {
  readonly loss: number
  /** Sum of the bounds of all terms. */
  readonly bound: number
  readonly entropyFloor: number
  readonly scales: readonly ScaleResult[]
  /** Sum of the terms of each image over the scales, `[B]`, not divided by the batch. */
  readonly perImage: { readonly loss: Float64Array }
}
