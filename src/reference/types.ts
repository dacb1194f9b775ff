/** A dense row-major array of numbers, as read from a fixture. */
export interface Grid {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

/** Everything the loss depends on. Scales are ordered from the coarsest grid to the finest. */
export interface OracleInput {
  /** Width and height of each anchor, in pixels of the network input. */
  readonly anchors: readonly (readonly [number, number])[]
  /** For each scale, the anchors it predicts, as indices into `anchors`. */
  readonly anchorMask: readonly (readonly number[])[]
  readonly classes: number
  /** θ: a cell whose best IoU reaches it is not punished as background. */
  readonly ignoreThreshold: number
  /** Leaves widths and heights that are not above 0 out of wh, where the original gives +∞ or NaN (S9). */
  readonly guard?: boolean
  /** Per scale `[B,h,w,A·(5+C)]`. */
  readonly logits: readonly Grid[]
  /** Per scale `[B,h,w,A,5+C]`. */
  readonly labels: readonly Grid[]
}
