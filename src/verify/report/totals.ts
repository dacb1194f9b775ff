import { exitCodes } from '../../io/index.js'
import type { CaseReport, OutputRow } from '../judge/result.js'

/** Whether everything agrees; `incomplete` where nothing differs, but not everything was compared. */
export type Verdict = 'pass' | 'fail' | 'incomplete'

/** The verdict of some reports together; of none it is that nothing was shown. */
export function verdictOf(reports: readonly Pick<CaseReport, 'exitCode'>[]): Verdict {
  const codes = reports.map(({ exitCode }) => exitCode)
  if (codes.length === 0 || codes.some((code) => code !== exitCodes.ok && code !== exitCodes.incomplete)) return 'fail'
  return codes.includes(exitCodes.incomplete) ? 'incomplete' : 'pass'
}

const count = (rows: readonly OutputRow[], verdict: OutputRow['verdict']): number =>
  rows.filter((row) => row.verdict === verdict).length

/** How many of the rows passed. */
export const passedOf = (rows: readonly OutputRow[]): number => count(rows, 'PASS')

/** How many rows passed, failed, and were not compared. */
export function totals(reports: readonly CaseReport[]) {
  const rows = reports.flatMap((report) => report.rows)
  return { passed: passedOf(rows), failed: count(rows, 'FAIL'), uncompared: count(rows, 'SKIP') }
}

/** The totals in words: `3 passed, 0 failed`. */
export function totalsInWords(reports: readonly CaseReport[]): string {
  const { passed, failed, uncompared } = totals(reports)
  return `${passed} passed, ${failed} failed${uncompared > 0 ? `, ${uncompared} not compared` : ''}`
}

/** The largest error of the rows; 0 where none has one. */
export const worstOf = (rows: readonly OutputRow[], kind: 'worstAbs' | 'worstRel' | 'worstUlp'): number =>
  Math.max(0, ...rows.map((row) => row.comparison?.[kind]?.value ?? 0))
