import type { AnyTensor } from '../../io/index.js'
import type { OutputRow, Problem } from '../judge/result.js'
import type { NearCell } from '../threshold/undecided.js'

/** The first element of an array that differs by more than is allowed there. */
export interface FirstDifference {
  readonly index: readonly number[]
  /** What the index means: image, scale, row, column, anchor, channel; '' where nobody can tell. */
  readonly where: string
}

/** What kind of array it is. */
export type ArrayKind = Pick<AnyTensor, 'dtype' | 'shape'>

/** One array of a case, or of the results for it. */
export interface CheckRow extends Pick<OutputRow, 'tolerance' | 'comparison' | 'explained'> {
  readonly output: string
  /** MISSING: the case holds it and the results do not. UNKNOWN: neither the case nor the reference has a value for it. */
  readonly verdict: 'PASS' | 'FAIL' | 'MISSING' | 'UNKNOWN'
  /** What it is to be; absent where nothing is known of it. */
  readonly wanted?: ArrayKind
  /** What it is; absent where it is missing. */
  readonly given?: ArrayKind
  readonly first?: FirstDifference
  /** What to do about it. */
  readonly remedy?: string
}

/** The results for one case, held to the reference. */
export interface CheckReport {
  readonly case: string
  /** Where the results are, or should be. */
  readonly file: string
  readonly rows: readonly CheckRow[]
  /** Arrays of the case or of the results that were not asked for. */
  readonly left: readonly string[]
  /** Cells whose best IoU lies within rounding of the threshold; looked for only where something differs. */
  readonly near: readonly NearCell[]
  /** Why nothing was compared. */
  readonly problem?: Problem
  readonly exitCode: number
}
