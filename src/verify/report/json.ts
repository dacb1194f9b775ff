import { expectArguments, must, worstExit } from '../../io/index.js'
import { type CaseReport, ofReports } from '../judge/result.js'
import type { Cause } from '../layers/finding.js'
import { totals, verdictOf } from './totals.js'

/** Of the JSON report; raised with every change that a reader could stumble over. */
export const schemaVersion = 3

/** JSON has no word for these: non-finite numbers, −0 and 64-bit integers become strings. */
function portable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (Object.is(value, -0)) return '-0'
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/** What a comparison of layers adds to a report; `layers` knows its content. */
interface LayerSummary {
  readonly case: string
  readonly report: object
}

/** What more a report has to say. */
interface Further {
  readonly cause?: Cause | undefined
  /** Cases that were not run because one before them failed. */
  readonly notRun?: number
  /** What was hardly meant in the configuration or the data. */
  readonly notes?: readonly object[]
}

const ofFurther = must.options({
  cause: must.having({ lines: must.list(must.text) }),
  notRun: must.whole(0),
  notes: must.list(must.record),
})

/** A cause as programs read it: its words as `text`, nodes by their names. */
const causeJson = ({ lines, ...cause }: Cause) => ({ ...cause, text: lines })

/** Any value as JSON text, in the spelling of the reports. */
export const portableJson = (value: unknown): string => JSON.stringify(value, portable, 2)

/**
 * The report as JSON text: `{schemaVersion, verdict, passed, failed, uncompared, exitCode, cases}`, as `report.schema.json` beside this file has it.
 * Numbers that JSON lacks (`Infinity`, `-Infinity`, `NaN`, `-0`) and 64-bit integers are strings.
 */
export function toJson(
  reports: readonly CaseReport[],
  layers: readonly LayerSummary[] = [],
  further: Further = {},
): string {
  const checks = { reports: ofReports, layers: must.list(must.record), further: ofFurther }
  expectArguments('toJson', checks, { reports, layers, further })
  const { cause, notRun = 0, notes } = further
  const compared =
    layers.length === 0 ? {} : { layers: layers.map(({ case: name, report }) => ({ case: name, ...report })) }
  const exitCode = worstExit(reports.map((report) => report.exitCode))
  return portableJson({
    schemaVersion,
    verdict: verdictOf(reports),
    ...totals(reports),
    exitCode,
    ...(notRun > 0 ? { notRun } : {}),
    cases: reports,
    ...(cause ? { cause: causeJson(cause) } : {}),
    ...compared,
    ...(notes ? { notes } : {}),
  })
}
