import { expectArguments, listed, must, printable } from '../../io/index.js'
import { groupBy } from '../compare/group.js'
import { type CaseReport, type OutputRow, ofReports, type PlacementReport } from '../judge/result.js'
import type { Cause } from '../layers/finding.js'
import { caseTable, outputTable, type Stream } from './columns.js'
import { failureLines } from './failure.js'
import { nearSection } from './near.js'
import { totalsInWords, verdictOf } from './totals.js'

interface RenderOptions {
  /** A line for each output, and the nodes on other providers by name; default a line for each case. */
  readonly all?: boolean
  /** Where the first failure comes from. */
  readonly cause?: Cause | undefined
  /** Cases that were not run because one before them failed. */
  readonly notRun?: number
  /** Only what failed, and the last line. */
  readonly quiet?: boolean
}

const ofRendering = must.options({
  all: must.yesOrNo,
  cause: must.having({ lines: must.list(must.text) }),
  notRun: must.whole(0),
  quiet: must.yesOrNo,
})

/** What a failed row needs said beyond its line in the table. */
function explanation(row: OutputRow): string[] {
  const title = `${printable(row.case)}${row.output === '' ? '' : `, ${printable(row.output)}`} on ${row.provider}`
  return ['', `FAIL ${title}`, ...failureLines(row).map((line) => `  ${line}`)]
}

/** Outputs that nothing was compared with, on either side, by name. */
function uncomparedLines(reports: readonly CaseReport[]): string[] {
  const skipped = [...new Set(reports.flatMap((report) => report.skipped))]
  const uncompared = [...new Set(reports.flatMap((report) => report.uncompared ?? []))]
  const incomplete = verdictOf(reports) === 'incomplete'
  const allow = incomplete ? ' (let it pass: --allow-uncompared)' : ''
  return [
    ...(skipped.length === 0 ? [] : ['', `expected outputs that the graph does not have: ${listed(skipped)}`]),
    ...(uncompared.length === 0
      ? []
      : ['', `${incomplete ? 'INCOMPLETE: ' : ''}nothing to compare with for ${listed(uncompared)}${allow}`]),
  ]
}

/** Where the first failure comes from; a sentence where that could not be told. */
function causeLines(cause: Cause | undefined): string[] {
  if (!cause) return []
  const [first = '', ...rest] = cause.lines
  return ['', `${printable(cause.case)} on ${cause.provider}, ${first}`, ...rest.map((line) => `  ${line}`)]
}

/** Cells at the threshold: no failures, since rounding alone decides them. */
function nearLines(reports: readonly CaseReport[]): string[] {
  return reports.flatMap(({ case: name, provider, near, rows }) => {
    if (near.length === 0) return []
    return ['', ...nearSection(`${printable(name)} on ${provider}`, near, rows)]
  })
}

const operatorsIn = (operators: Readonly<Record<string, number>>): string =>
  Object.entries(operators)
    .map(([op, n]) => `${op} ${n}`)
    .join(', ')

/** Where the nodes of all cases ran on a provider, counted. */
function placementLine(provider: string, placements: readonly PlacementReport[]): string {
  const count = new Map<string, number>()
  const elsewhere: Record<string, number> = {}
  for (const { nodes, operators } of placements) {
    for (const [name, list] of Object.entries(nodes)) count.set(name, (count.get(name) ?? 0) + list.length)
    for (const [op, n] of Object.entries(operators.CPUExecutionProvider ?? {})) elsewhere[op] = (elsewhere[op] ?? 0) + n
  }
  const places = [...count].map(([name, n]) => `${n} nodes on ${printable(name)}`).join(', ')
  const copies = placements.reduce((n, p) => n + p.memcpy, 0)
  const stray =
    provider !== 'cpu' && count.has('CPUExecutionProvider') ? ` (on the CPU: ${operatorsIn(elsewhere)})` : ''
  return `placement for ${provider}: ${places || 'nothing to execute'}, ${copies} copies between devices${stray}`
}

function placementLines(reports: readonly CaseReport[]): string[] {
  const proven = reports.filter((r) => r.header?.placement)
  const lines = [...groupBy(proven, (r) => r.provider)].map(([provider, of]) => {
    const placements = of.flatMap((r) => r.header?.placement ?? [])
    return placementLine(provider, placements)
  })
  return lines.length === 0 ? [] : ['', ...lines]
}

/** `onnxruntime-node 1.30.0, provider cpu, optimisation all`; several lines if the cases differ in it. */
function setting(reports: readonly CaseReport[]): string[] {
  const lines = reports.flatMap(({ header }) => {
    if (!header?.runtime) return []
    const { runtime, provider, optimization, device } = header
    const on = device === undefined ? '' : ` (${device})`
    return [`onnxruntime-node ${runtime}, provider ${provider}${on}, optimisation ${optimization}`]
  })
  return [...new Set(lines)]
}

/**
 * The report as text: what ran, a table, an explanation of each failure, and `N passed, N failed` as
 * the last line.
 * @param stream where it will be written, which decides about colour
 */
export function renderReport(
  reports: readonly CaseReport[],
  stream: Stream = process.stdout,
  options: RenderOptions = {},
): string {
  expectArguments(
    'renderReport',
    { reports: ofReports, stream: must.record, options: ofRendering },
    { reports, stream, options },
  )
  const { all = false, cause, notRun = 0, quiet = false } = options
  const rows = reports.flatMap((report) => report.rows)
  const failures = rows.filter((row) => row.verdict === 'FAIL').flatMap(explanation)
  const last = `${totalsInWords(reports)}${notRun > 0 ? `, ${notRun} not run` : ''}`
  const told = [...failures, ...causeLines(cause), ...uncomparedLines(reports)]
  if (quiet) return [...told, ...(told.length > 0 ? ['', last] : [last])].join('\n').trimStart()
  const table = all ? outputTable(rows, stream) : caseTable(reports, stream)
  const notes = [...causeLines(cause), ...nearLines(reports), ...placementLines(reports), ...uncomparedLines(reports)]
  return [...setting(reports), '', ...table, ...failures, ...notes, '', last].join('\n')
}
