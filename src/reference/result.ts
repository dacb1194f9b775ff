import type { Terms } from './terms.js'

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
   * How far a float32 computation of `bestIou` may stray, `[B,h,w,A]`; +∞ where float32 meets 0/0 or ∞·0.
   * κ is certain where `Math.abs(bestIou - θ) >= iouMargin`, and nowhere else.
   */
  readonly iouMargin: Float64Array
  /** The least value the terms can take for these labels, divided by the batch. */
  readonly entropyFloor: number
  /** First-order effect of rounding to float32 on each term, beyond the relative tolerance; 0 for a non-finite term. */
  readonly bound: Terms<number>
  /** The terms of each image, `[B]`, not divided by the batch. */
  readonly perImage: Terms<Float64Array>
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
