import { styleText } from 'node:util'
import { printable } from '../proto/text.js'
import type { Worst } from './compare.js'
import { worstExit } from './exit.js'
import type { CaseReport, OutputRow } from './result.js'

/** Of the JSON report; raised with every change that a reader could stumble over. */
export const schemaVersion = 1

type Stream = NodeJS.WritableStream

/** A number short enough for a column: three digits, `-` when there is none. */
function short(value: number | undefined): string {
  if (value === undefined) return '-'
  if (value === 0) return '0'
  return Number.isFinite(value) ? value.toExponential(2) : String(value).replace('Infinity', 'inf')
}

/** A tolerance as its author wrote it: 2e-6, not 2.00e-6. */
const brief = (value: number): string => (value === 0 ? '0' : value.toExponential().replace('e+0', ''))

const titles = ['case', 'output', 'worst abs', 'worst rel', 'where', 'atol', 'rtol', 'verdict'] as const

function cells({ case: name, output, tolerance, comparison, verdict }: OutputRow): string[] {
  const worst = comparison?.worstAbs
  return [
    printable(name),
    output === '' ? '-' : printable(output),
    short(worst?.value),
    short(comparison?.worstRel?.value),
    worst && worst.value > 0 ? `[${worst.index}]` : '-',
    tolerance ? brief(tolerance.atol) : '-',
    tolerance ? brief(tolerance.rtol) : '-',
    verdict,
  ]
}

/** Colour only repeats the word; `styleText` leaves it out for NO_COLOR and where the stream is no terminal. */
const verdict = (word: string, stream: Stream): string =>
  styleText(word === 'FAIL' ? 'red' : 'green', word, { stream, validateStream: true })

function table(rows: readonly OutputRow[], stream: Stream): string[] {
  const lines = [[...titles], ...rows.map(cells)]
  const widths = titles.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)))
  return lines.map((line, n) => {
    const last = line.at(-1) ?? ''
    const padded = line.slice(0, -1).map((cell, i) => cell.padEnd(widths[i] ?? 0))
    return [...padded, n === 0 ? last : verdict(last, stream)].join('  ')
  })
}

const difference = ({ index, expected, got, value }: Worst): string =>
  `greatest absolute difference ${short(value)} at [${index}]: expected ${expected}, got ${got}`

/** What a failed row needs said beyond its line in the table. */
function explanation({ case: name, output, comparison, problem, tolerance }: OutputRow): string[] {
  const title = output === '' ? printable(name) : `${printable(name)}, ${printable(output)}`
  const reason = problem?.message ?? comparison?.problem
  if (reason !== undefined) return ['', `FAIL ${title}`, ...reason.split('\n').map((line) => `  ${line.trim()}`)]
  if (!comparison) return []
  const { mismatches, compared, worstAbs, bothNan, requiredRtol } = comparison
  return [
    '',
    `FAIL ${title}`,
    `  ${mismatches} of ${compared} elements differ by more than the tolerance (${tolerance?.source ?? 'none'})`,
    ...(worstAbs && worstAbs.value > 0 ? [`  ${difference(worstAbs)}`] : []),
    ...(bothNan > 0 ? [`  ${bothNan} elements are NaN on both sides`] : []),
    ...(requiredRtol > 0 ? [`  rtol that would pass with this atol: ${short(requiredRtol)}`] : []),
  ]
}

function skippedLines(reports: readonly CaseReport[]): string[] {
  const count = reports.reduce((n, report) => n + report.skipped.length, 0)
  return count === 0 ? [] : ['', `${count} expected outputs not compared: the graph does not have them`]
}

/** `onnxruntime-node 1.30.0, provider cpu, optimisation all`; several lines if the cases differ in it. */
function setting(reports: readonly CaseReport[]): string[] {
  const lines = reports.flatMap(({ header }) =>
    header
      ? [`onnxruntime-node ${header.runtime}, provider ${header.provider}, optimisation ${header.optimization}`]
      : [],
  )
  return [...new Set(lines)]
}

/** How many rows passed and failed. */
export function totals(reports: readonly CaseReport[]): { passed: number; failed: number } {
  const rows = reports.flatMap((report) => report.rows)
  const passed = rows.filter((row) => row.verdict === 'PASS').length
  return { passed, failed: rows.length - passed }
}

/**
 * The report as text: what ran, a table, an explanation of each failure, and `N passed, N failed` as the last line.
 * @param stream where it will be written, which decides about colour
 */
export function renderReport(reports: readonly CaseReport[], stream: Stream = process.stdout): string {
  const rows = reports.flatMap((report) => report.rows)
  const failures = rows.filter((row) => row.verdict === 'FAIL').flatMap(explanation)
  const { passed, failed } = totals(reports)
  const head = [...setting(reports), '', ...table(rows, stream)]
  return [...head, ...failures, ...skippedLines(reports), '', `${passed} passed, ${failed} failed`].join('\n')
}

/** JSON has no word for these: non-finite numbers, −0 and int64 become strings. */
function portable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (Object.is(value, -0)) return '-0'
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/**
 * The report as JSON text: `{schemaVersion, passed, failed, exitCode, cases}`. Numbers that JSON lacks (`Infinity`,
 * `-Infinity`, `NaN`, `-0`) and int64 values are strings.
 */
export function toJson(reports: readonly CaseReport[]): string {
  const exitCode = worstExit(reports.map((report) => report.exitCode))
  return JSON.stringify({ schemaVersion, ...totals(reports), exitCode, cases: reports }, portable, 2)
}
