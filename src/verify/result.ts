import type { Provider } from '../runtime/provider.js'
import type { Optimization } from '../runtime/session.js'
import type { Comparison } from './compare.js'
import type { Tolerance } from './tolerance.js'

/** What was run, and on what. */
export interface RunHeader {
  readonly file: string
  readonly sha256: string
  readonly irVersion: number
  /** Of ONNX's own operators; undefined in a model that uses none. */
  readonly opset: number | undefined
  /** Version of onnxruntime-node. */
  readonly runtime: string
  readonly provider: Provider
  readonly optimization: Optimization
}

/** Why there are no numbers to compare. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly exitCode: number
}

/** One unit of the report: an output of a case, or the case as a whole (output `''`) when it could not be run. */
export interface OutputRow {
  readonly case: string
  readonly output: string
  readonly verdict: 'PASS' | 'FAIL'
  readonly tolerance?: Tolerance
  readonly comparison?: Comparison
  readonly problem?: Problem
}

export interface CaseReport {
  readonly case: string
  /** Absent when the case or its model could not be read. */
  readonly header?: RunHeader
  readonly rows: readonly OutputRow[]
  /** Expected outputs that the graph does not have, left out on request. */
  readonly skipped: readonly string[]
  /** The highest of its rows. */
  readonly exitCode: number
}
