/** A box that a detector found. */
export interface Found {
  /** Left, top, right and bottom in pixels. */
  readonly box: readonly [x1: number, y1: number, x2: number, y2: number]
  readonly label: number
  /** Probability that there is an object, times that of its class. */
  readonly score: number
}
