import { type Verdict, verdictOf } from '../report/totals.js'
import type { CheckReport, CheckRow } from './result.js'

/** How many arrays of some reports there are of each kind. */
export interface CheckTotals {
  readonly passed: number
  readonly failed: number
  readonly missing: number
  readonly unknown: number
  /** Not asked for. */
  readonly left: number
}

export function checkTotals(reports: readonly CheckReport[]): CheckTotals {
  const rows = reports.flatMap((report) => report.rows)
  const count = (verdict: CheckRow['verdict']) => rows.filter((row) => row.verdict === verdict).length
  const left = reports.reduce((n, report) => n + report.left.length, 0)
  return { passed: count('PASS'), failed: count('FAIL'), missing: count('MISSING'), unknown: count('UNKNOWN'), left }
}

/** What an exit code says of arrays. */
export const checkVerdict = (exitCode: number): Verdict => verdictOf([{ exitCode }])
