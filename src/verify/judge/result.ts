import { type Check, must } from '../../io/index.js'
import type { Optimization, Provider } from '../../runtime/index.js'
import type { Tolerance } from '../cases/tolerance.js'
import type { Comparison } from '../compare/compare.js'
import type { NearCell } from '../threshold/undecided.js'

/**
 * What is asked of the places of the nodes: `strict`, every node on the provider and no copies between devices;
 * `listed`, at least one there, the others only told.
 */
export type PlacementRule = 'strict' | 'listed'

/** Which provider executed which node. */
export interface PlacementReport {
  readonly rule: PlacementRule
  /** Names of the nodes, by the provider that executed them, in order of execution. */
  readonly nodes: Readonly<Record<string, readonly string[]>>
  /** How many nodes of each operator, by provider. */
  readonly operators: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Nodes added by onnxruntime to copy between devices. */
  readonly memcpy: number
  /** Whether nothing depends on an input: then there is nothing to execute, and no events are no failure. */
  readonly constant: boolean
}

/** What was run, and on what. */
export interface RunHeader {
  readonly file: string
  readonly sha256: string
  readonly irVersion: number
  /** Of ONNX's own operators; undefined in a model that uses none. */
  readonly opset: number | undefined
  /** Version of onnxruntime-node; undefined when the model was not run. */
  readonly runtime: string | undefined
  readonly provider: Provider
  readonly optimization: Optimization
  /** What the provider runs on, where that must not be mistaken: a software driver is no GPU. */
  readonly device?: string
  /** Which provider executed which node; absent when nobody asked for the proof. */
  readonly placement?: PlacementReport
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
  /** The one asked for. */
  readonly provider: Provider
  /** SKIP: nothing was there to compare it with. */
  readonly verdict: 'PASS' | 'FAIL' | 'SKIP'
  readonly tolerance?: Tolerance
  readonly comparison?: Comparison
  /** What the index of the worst error means: image, scale, row, column, anchor, channel. */
  readonly where?: string
  /** What cells at the threshold, which only rounding decides, have to do with this output. */
  readonly explained?: string
  readonly problem?: Problem
}

export interface CaseReport {
  readonly case: string
  readonly provider: Provider
  /** Absent when the case or its model could not be read. */
  readonly header?: RunHeader
  readonly rows: readonly OutputRow[]
  /** Expected outputs that the graph does not have, left out on request. */
  readonly skipped: readonly string[]
  /** Outputs of the graph that neither the case nor the reference has a value for. */
  readonly uncompared?: readonly string[]
  /** Cells whose best IoU lies within rounding of the threshold; looked for only where something differs. */
  readonly near: readonly NearCell[]
  /** The highest of its rows. */
  readonly exitCode: number
}

/** What reports are, for whoever is handed some; rows are held to their outline alone. */
export const ofReports: Check = {
  ...must.list(
    must.having({
      case: must.text,
      rows: must.list(must.having({ output: must.text, verdict: must.oneOf(['PASS', 'FAIL', 'SKIP']) })),
      exitCode: must.whole(0),
    }),
  ),
  what: 'a list of reports, as verifyCase gives them',
}
