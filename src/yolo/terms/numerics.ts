import type { Decay } from '../formulas/bce.js'

/** How the formulas are computed where there is a choice. */
export interface Numerics {
  readonly decay: Decay
  /**
   * Leave no output of a Split unused where derivatives go: ORT training derives it from those in use, as if there were
   * no others.
   */
  readonly wholeSplits: boolean
  /** Compare an IoU with the threshold without dividing. */
  readonly divisionFree: boolean
  /** Leave sizes of boxes that have no logarithm out of the wh term, instead of +∞ or NaN. */
  readonly guard: boolean
}
