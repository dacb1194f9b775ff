import { isDType, listed, printable, quoted, spellNumber } from '../../io/index.js'
import { brief, short } from '../compare/digits.js'
import { groupBy } from '../compare/group.js'
import type { Scalar } from '../compare/scalar.js'
import { aligned, type Stream } from '../report/columns.js'
import { nearSection } from '../report/near.js'
import type { ArrayKind, CheckReport, CheckRow } from './result.js'
import { type Checked, noResults } from './run.js'
import { type CheckTotals, checkTotals, checkVerdict } from './totals.js'

interface CheckText {
  /** A line for each array, and of each that differs its first difference; default so only of a single case. */
  readonly all?: boolean | undefined
  /** Only what failed, and the last line. */
  readonly quiet?: boolean
}

const spelled = ({ dtype, shape }: ArrayKind): string => `${dtype}[${shape}]`

const worst = (row: CheckRow, kind: 'worstAbs' | 'worstRel'): string => short(row.comparison?.[kind]?.value)

/** One line for each array. */
function arrayTable(reports: readonly CheckReport[], stream: Stream): string[] {
  const rows = reports.flatMap((report) => report.rows.map((row) => [report.case, row] as const))
  const cells = ([name, row]: (typeof rows)[number]) => [
    printable(name),
    printable(row.output),
    row.comparison ? `${row.comparison.mismatches}/${row.comparison.compared}` : '-',
    worst(row, 'worstAbs'),
    worst(row, 'worstRel'),
    row.tolerance ? brief(row.tolerance.atol) : '-',
    row.tolerance ? brief(row.tolerance.rtol) : '-',
    row.verdict,
  ]
  return aligned(
    ['case', 'array', 'differ', 'worst abs', 'worst rel', 'atol', 'rtol', 'verdict'],
    rows.map(cells),
    stream,
  )
}

/** One line for each case. */
function caseTable(reports: readonly CheckReport[], stream: Stream): string[] {
  const cells = (report: CheckReport) => {
    const { passed, failed, missing, unknown } = checkTotals([report])
    const counts = [`${passed}/${passed + failed + missing}`, ...[failed, missing, unknown].map(String)]
    return [printable(report.case), ...counts, checkVerdict(report.exitCode).toUpperCase()]
  }
  return aligned(['case', 'agree', 'differ', 'missing', 'unknown', 'verdict'], reports.map(cells), stream)
}

/** The first element of an array that differs, or why none could be compared. */
function differenceLines(
  name: string,
  { output, comparison, tolerance, first, wanted, given, remedy }: CheckRow,
): string[] {
  const title = `${printable(name)}, ${printable(output)}`
  if (!comparison || !wanted || !given) return []
  if (comparison.problem !== undefined)
    return [
      `FAIL ${title}: expected ${spelled(wanted)}, got ${spelled(given)}`,
      ...(remedy === undefined ? [] : [`  hint: ${remedy}`]),
    ]
  const { dtype, mismatches, compared, requiredRtol, requiredAtol, first: list } = comparison
  const [place] = list
  if (!place || !first) return []
  const told = (x: Scalar) => (typeof x === 'string' ? x : spellNumber(isDType(dtype) ? dtype : 'float64', x))
  const at = `[${first.index}]${first.where === '' ? '' : ` (${first.where})`}`
  const what = compared === 1 ? 'differs' : `${mismatches} of ${compared} numbers differ, first at ${at}`
  const off = short(Math.abs(Number(place.got) - Number(place.expected)))
  return [
    `FAIL ${title}: ${what}`,
    `  yours ${told(place.got)}, the reference’s ${told(place.expected)}: off by ${off}, ${short(place.allowed)} allowed (${tolerance?.source})`,
    ...(requiredRtol > 0 ? [`  would pass with rtol ${short(requiredRtol)}, or with atol ${short(requiredAtol)}`] : []),
  ]
}

/** Of arrays that differ the first, and the first that has cells: a sum alone tells nobody where. */
const telling = (failed: readonly CheckRow[]): CheckRow[] => {
  const withCells = failed.find(({ wanted }) => wanted !== undefined && wanted.shape.length > 1)
  return failed.filter((row, i) => i === 0 || row === withCells)
}

/** What differs in a case: what tells where, or each array. */
function differences({ case: name, rows }: CheckReport, all: boolean): string[] {
  const failed = rows.filter(({ verdict }) => verdict === 'FAIL')
  const shown = all ? failed : telling(failed)
  const rest = failed.filter((row) => !shown.includes(row)).map(({ output }) => output)
  const more = rest.length > 0 ? [`  and also ${listed(rest)} (each: -a)`] : []
  return shown.length === 0 ? [] : ['', ...shown.flatMap((row) => differenceLines(name, row)), ...more]
}

const ofVerdict = ({ rows }: CheckReport, verdict: CheckRow['verdict']): CheckRow[] =>
  rows.filter((row) => row.verdict === verdict)

/** Names of which every one is to be acted upon. */
const inFull = (names: readonly string[]): string => names.map(quoted).join(', ')

/** Why nothing of a case was compared; those without results together. */
function problemLines(reports: readonly CheckReport[]): string[] {
  const [absent, others] = [true, false].map((is) =>
    reports.filter(({ problem }) => problem && (problem.code === noResults) === is),
  ) as [CheckReport[], CheckReport[]]
  const names = absent.map((report) => `${report.case}.npz`)
  const bare = reports.filter(({ problem, rows }) => !problem && rows.length === 0).map((report) => report.case)
  return [
    ...others.flatMap((report) => ['', `FAIL ${printable(report.case)}: ${report.problem?.message}`]),
    ...(absent.length > 0 ? ['', `MISSING ${inFull(names)}: there are no results for these cases`] : []),
    ...(bare.length > 0 ? ['', `FAIL ${inFull(bare)}: no array has in its name what --arrays asks for`] : []),
  ]
}

/** What is to be added to the results of one case. */
function missingIn(report: CheckReport): string[] {
  const rows = ofVerdict(report, 'MISSING')
  if (rows.length === 0) return []
  const width = Math.max(...rows.map(({ output }) => output.length))
  const lines = rows.map(
    ({ output, wanted }) => `  ${printable(output).padEnd(width)}  ${wanted ? spelled(wanted) : ''}`,
  )
  return ['', `MISSING ${printable(report.case)}: add to ${printable(report.file)}`, ...lines]
}

/** The same of many cases, those that lack the same arrays together. */
function missingInAll(reports: readonly CheckReport[]): string[] {
  const lacking = reports.filter((report) => !report.problem && ofVerdict(report, 'MISSING').length > 0)
  const groups = groupBy(lacking, (report) => inFull(ofVerdict(report, 'MISSING').map(({ output }) => output)))
  return [...groups].flatMap(([arrays, own]) => [
    '',
    `MISSING in ${inFull(own.map((report) => report.case))}: ${arrays} (with shapes: -a)`,
  ])
}

/** Arrays whose type is another than that of the case. */
function typeLines(reports: readonly CheckReport[]): string[] {
  const rows = reports.flatMap((report) => report.rows)
  const other = rows.filter(({ wanted, given }) => wanted && given && wanted.dtype !== given.dtype)
  const groups = groupBy(other, ({ wanted, given }) => `${given?.dtype} where the case has ${wanted?.dtype}`)
  return [...groups].flatMap(([what, own]) => [
    '',
    `${what}, compared by value: ${listed([...new Set(own.map(({ output }) => output))])}`,
  ])
}

/** Cells of arrays that a case leaves out. */
const exemptLines = (reports: readonly CheckReport[]): string[] =>
  reports.flatMap((report) =>
    report.rows.flatMap(({ output, comparison }) =>
      comparison && comparison.exempt > 0
        ? [
            '',
            `not compared: ${comparison.exempt} cells of ${printable(report.case)}, ${printable(output)}, in its margin`,
          ]
        : [],
    ),
  )

/** What was not compared, and why. */
function uncomparedLines({ reports, strangers, exitCode }: Checked): string[] {
  const isIncomplete = checkVerdict(exitCode) === 'incomplete'
  const [mark, allow] = isIncomplete ? ['INCOMPLETE: ', ' (let it pass: --allow-uncompared)'] : ['', '']
  const rows = reports.flatMap((report) => ofVerdict(report, 'UNKNOWN'))
  const unknown = [...groupBy(rows, ({ output, remedy }) => `${quoted(output)}${remedy ? `; ${remedy}` : ''}`)]
  const left = [...new Set(reports.flatMap((report) => report.left))]
  return [
    ...exemptLines(reports),
    ...unknown.flatMap(([what]) => ['', `${mark}not compared: the reference has no ${what}${allow}`]),
    ...(left.length > 0 ? ['', `not compared, as --arrays leaves them out: ${listed(left)}`] : []),
    ...(strangers.length > 0 ? ['', `${mark}not compared, as they are of no case: ${listed(strangers)}${allow}`] : []),
  ]
}

function inWords({ passed, failed, missing, unknown, left }: CheckTotals): string {
  const more = { missing, 'not compared': unknown + left }
  const told = Object.entries(more).flatMap(([what, n]) => (n > 0 ? [`${n} ${what}`] : []))
  return [`${passed} passed`, `${failed} failed`, ...told].join(', ')
}

/**
 * What was checked as text: a table, the first difference of each case, what is to be added, what was not compared, and
 * `N passed, N failed, N missing, N not compared` as the last line.
 * @param stream where it will be written, which decides about colour
 */
export function renderCheck(checked: Checked, stream: Stream, { all, quiet = false }: CheckText = {}): string {
  const { reports } = checked
  const isDetailed = all ?? reports.length === 1
  const table = isDetailed ? arrayTable(reports, stream) : caseTable(reports, stream)
  const told = [
    ...problemLines(reports),
    ...reports.flatMap((report) => differences(report, all ?? false)),
    ...(isDetailed ? reports.flatMap(missingIn) : missingInAll(reports)),
    ...uncomparedLines(checked),
  ]
  const near = reports.flatMap(({ case: name, near, rows }) =>
    near.length > 0 ? ['', ...nearSection(printable(name), near, rows)] : [],
  )
  const lines = quiet ? told : [...table, ...told, ...typeLines(reports), ...near]
  return [...lines, '', inWords(checkTotals(reports))].join('\n').trimStart()
}
