import type { CaseReport, OutputRow } from '../judge/result.js'

/** How many of the rows passed. */
export const passedOf = (rows: readonly OutputRow[]): number => rows.filter((row) => row.verdict === 'PASS').length

/** How many rows passed and failed. */
export function totals(reports: readonly CaseReport[]): { passed: number; failed: number } {
  const rows = reports.flatMap((report) => report.rows)
  const passed = passedOf(rows)
  return { passed, failed: rows.length - passed }
}

/** The largest error of the rows; 0 where none has one. */
export const worstOf = (rows: readonly OutputRow[], kind: 'worstAbs' | 'worstRel' | 'worstUlp'): number =>
  Math.max(0, ...rows.map((row) => row.comparison?.[kind]?.value ?? 0))
