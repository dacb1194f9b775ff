import { portableJson } from '../report/json.js'
import type { Checked } from './run.js'
import { checkTotals, checkVerdict } from './totals.js'

/** Raised with every change that a reader could stumble over. */
const schemaVersion = 1

/**
 * What was checked as JSON text: `{schemaVersion, verdict, passed, failed, missing, unknown, left, exitCode, cases,
 * strangers}`. Numbers that JSON lacks (`Infinity`, `-Infinity`, `NaN`, `-0`) and 64-bit integers are strings.
 */
export function checkJson({ reports, strangers, exitCode }: Checked): string {
  return portableJson({
    schemaVersion,
    verdict: checkVerdict(exitCode),
    ...checkTotals(reports),
    exitCode,
    cases: reports.map((report) => ({ ...report, verdict: checkVerdict(report.exitCode) })),
    strangers,
  })
}
