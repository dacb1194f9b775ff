import type { Value } from '../../../onnx/index.js'
import type { Semantics } from '../../../reference/semantics/records.js'
import type { Anchor } from '../../config/vocabulary.js'
import type { Scale } from '../scale.js'
import type { TrueBoxes } from './truth.js'

type F = Value<'float64'>

/** What boxes are assigned by. */
export interface Assigning {
  /** Coarsest first. */
  readonly scales: readonly Scale[]
  /** Width and height of all anchors in pixels. */
  readonly anchors: readonly Anchor[]
  /** Indices of the anchors of each scale. */
  readonly masks: readonly (readonly number[])[]
  readonly truth: TrueBoxes
  readonly semantics: Semantics
}

/** Places at a scale to which boxes may go, K of each image, in the order in which they are written. */
export interface Places {
  /** Whether a box goes there `[B, K]`. */
  readonly taken: Value<'bool'>
  /** Column and row `[B, K, 2]`. */
  readonly cell: F
  /** Place of the anchor within its scale `[B, K, 1]`. */
  readonly slot: F
  /** What is known of each box, at the places it may go to: `[B, T, n] → [B, K, n]` */
  readonly ofBoxes: (v: F) => F
}

/** A way to assign: the places of each scale. */
export type Assign = (given: Assigning) => readonly Places[]
