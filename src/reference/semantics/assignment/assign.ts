import type { TrueBox } from '../cells/boxes.js'
import type { Scale } from '../cells/input.js'
import type { Match } from '../cells/match.js'
import type { Semantics } from '../rules/rules.js'

/** What boxes are assigned by. */
export interface Assigning {
  readonly scales: readonly Scale[]
  /** Width and height of all anchors in pixels. */
  readonly anchors: readonly (readonly [number, number])[]
  readonly boxes: readonly TrueBox[]
  readonly semantics: Semantics
}

/** A way to assign: all matches, in the order in which they are written. */
export type Assign = (given: Assigning) => Match[]
