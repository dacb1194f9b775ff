import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import type { Boxes } from '../assignment/heads.js'
import type { Tail } from '../formulas/bce.js'
import type { Heads } from '../heads/head.js'
import type { Addends } from '../sums/addends.js'
import type { Share } from '../sums/averaging.js'
import type { Ledger } from '../sums/ledger.js'

/** How the formulas are computed where there is a choice. */
export interface Numerics {
  readonly tail: Tail
  /**
   * Leave no output of a Split unused where derivatives go: ORT training derives it from those in use, as if there were
   * no others.
   */
  readonly wholeSplits: boolean
  /** Compare an IoU with the threshold without dividing. */
  readonly divisionFree: boolean
  /** Leave sizes of boxes that have no logarithm out of the wh term, instead of +∞ or NaN. */
  readonly guard: boolean
  /** Most boxes of an image and scale, where a form needs to know. */
  readonly maxBoxes: number
}

/** What a form makes of the heads; adding up is left to the loss. */
export interface Parts<D extends Real = Real> {
  readonly terms: Ledger
  /** 1 for each row with o ≠ 0. */
  readonly positives: readonly Addends<D>[]
  /** κ as a number, and 1 − κ. */
  readonly ignore: readonly Addends<D>[]
  readonly ignored: readonly Addends<D>[]
  /** κ of each scale as `[B, h, w, A, 1]`. */
  readonly ignoreMasks: readonly Value<D>[]
  /** Derivative of the loss by the logits of each scale, in the layout of the head. */
  readonly gradients: (share: Share<D>) => readonly Value<D>[]
}

/** A way to compute the loss, from dense labels or from boxes; the numbers are the same in all. */
export type Form = <D extends Real>(heads: Heads<D>, numerics: Numerics, boxes?: Boxes<D>) => Parts<D>
