import { styleText } from 'node:util'
import { printable, sizeOf } from '../../io/index.js'
import type { Provider } from '../../runtime/index.js'
import { brief, counted, short } from '../compare/digits.js'
import { groupBy } from '../compare/group.js'
import type { CaseReport, OutputRow } from '../judge/result.js'
import { passedOf, verdictOf, worstOf } from './totals.js'

/** Where text goes: a terminal, a file, a pipe. Structural, so that our types need no others. */
export interface Stream {
  write(text: string): unknown
}

/** Colour only repeats the word; `styleText` leaves it out for NO_COLOR and where the stream is no terminal. */
const colours: Readonly<Record<string, 'red' | 'yellow'>> = {
  FAIL: 'red',
  MISSING: 'red',
  SKIP: 'yellow',
  UNKNOWN: 'yellow',
  INCOMPLETE: 'yellow',
}

const coloured = (word: string, stream: Stream): string =>
  styleText(colours[word] ?? 'green', word, { stream: stream as NodeJS.WritableStream, validateStream: true })

/** Columns padded to equal width; the last one, the verdict, in colour. */
export function aligned(titles: readonly string[], rows: readonly (readonly string[])[], stream: Stream): string[] {
  const lines = [titles, ...rows]
  const widths = titles.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)))
  return lines.map((line, n) => {
    const last = line.at(-1) ?? ''
    const padded = line.slice(0, -1).map((cell, i) => cell.padEnd(widths[i] ?? 0))
    return [...padded, n === 0 ? last : coloured(last, stream)].join('  ')
  })
}

/**
 * Whether units in the last place say something: of a mask or count, which is exact or not, and of a single number, whose
 * absolute and relative error stand beside it, they do not.
 */
const isMeasured = ({ comparison, tolerance }: OutputRow): boolean =>
  comparison !== undefined && sizeOf(comparison.shape) !== 1 && (tolerance?.atol !== 0 || tolerance.rtol !== 0)

function outputCells(row: OutputRow): string[] {
  const { case: name, output, provider, tolerance, comparison, verdict } = row
  const worst = comparison?.worstAbs
  return [
    printable(name),
    output === '' ? '-' : printable(output),
    provider,
    comparison ? `${comparison.mismatches}/${comparison.compared}` : '-',
    short(worst?.value),
    short(comparison?.worstRel?.value),
    isMeasured(row) ? counted(comparison?.worstUlp?.value) : '-',
    worst && worst.value > 0 ? `[${worst.index}]` : '-',
    tolerance ? brief(tolerance.atol) : '-',
    tolerance ? brief(tolerance.rtol) : '-',
    verdict,
  ]
}

/** One line for each output. */
export const outputTable = (rows: readonly OutputRow[], stream: Stream): string[] =>
  aligned(
    ['case', 'output', 'on', 'differ', 'worst abs', 'worst rel', 'ulp', 'where', 'atol', 'rtol', 'verdict'],
    rows.map(outputCells),
    stream,
  )

/** The outputs that passed, and how much of its tolerance the worst of them took. */
function onProvider(rows: readonly OutputRow[]): string[] {
  if (rows.length === 0) return ['-', '-', '-']
  return [`${passedOf(rows)}/${rows.length}`, short(worstOf(rows, 'worstAbs')), short(worstOf(rows, 'worstRel'))]
}

/** One line for each case, its providers side by side. */
export function caseTable(reports: readonly CaseReport[], stream: Stream): string[] {
  const providers = [...new Set(reports.map((r) => r.provider))]
  const cases = groupBy(reports, (r) => r.case)
  const rowsOn = (of: readonly CaseReport[], p: Provider) => of.filter((r) => r.provider === p).flatMap((r) => r.rows)
  const lines = [...cases].map(([name, of]) => [
    printable(name),
    ...providers.flatMap((p) => onProvider(rowsOn(of, p))),
    verdictOf(of).toUpperCase(),
  ])
  const titles = providers.flatMap((p) => [p, 'worst abs', 'worst rel'])
  return aligned(['case', ...titles, 'verdict'], lines, stream)
}
