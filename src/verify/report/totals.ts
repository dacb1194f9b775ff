import type { CaseReport } from '../judge/result.js'

/** How many rows passed and failed. */
export function totals(reports: readonly CaseReport[]): { passed: number; failed: number } {
  const rows = reports.flatMap((report) => report.rows)
  const passed = rows.filter((row) => row.verdict === 'PASS').length
  return { passed, failed: rows.length - passed }
}
