import { xml } from '../../../io/index.js'
import { brief, counted, short } from '../../compare/digits.js'
import type { CaseReport, OutputRow } from '../../judge/result.js'
import { failureLines } from '../failure.js'
import { passedOf, worstOf } from '../totals.js'
import { addUp, histogram } from './histogram.js'
import { baseName } from './setting.js'
import { definitions, htmlTable, tableRow, verdict, verdictOn } from './table.js'

/** Pages that show failing losses cell by cell. */
export interface Pictures {
  /** Where the page of a report lies, from this one. */
  readonly of: ReadonlyMap<CaseReport, string>
  /** How many failing cases have none for being too many. */
  readonly left: number
}

const order = ['FAIL', 'INCOMPLETE', 'PASS']

/** What failed first, then what was not wholly compared; each in the order in which it was run. */
export const failuresFirst = (reports: readonly CaseReport[]): CaseReport[] =>
  reports.toSorted((a, b) => order.indexOf(verdictOn([a])) - order.indexOf(verdictOn([b])))

/** Where a case stands on the page; two graphs may have cases of one name. */
const idOf = (i: number): string => `case-${i}`

/** A line for each case, which leads to its details. */
export function overview(reports: readonly CaseReport[]): string {
  const rows = reports.map((report, i) => {
    const { case: name, provider, rows } = report
    return tableRow([
      `<a href="#${idOf(i)}">${xml(name)}</a>`,
      provider,
      verdict(verdictOn([report])),
      `${passedOf(rows)} of ${rows.length}`,
      short(worstOf(rows, 'worstAbs')),
      short(worstOf(rows, 'worstRel')),
      counted(worstOf(rows, 'worstUlp')),
    ])
  })
  return htmlTable(['case', 'provider', 'verdict', 'outputs', 'worst absolute', 'worst relative', 'worst ulp'], rows)
}

function outputRow(row: OutputRow): string {
  const { comparison: c, tolerance: t } = row
  return tableRow([
    xml(row.output || '(case)'),
    verdict(row.verdict),
    c ? `${c.mismatches} of ${c.compared}` : '-',
    short(c?.worstAbs?.value),
    short(c?.worstRel?.value),
    t ? brief(t.atol) : '-',
    t ? brief(t.rtol) : '-',
    xml(row.where ?? (c?.worstAbs && c.worstAbs.value > 0 ? `[${c.worstAbs.index}]` : '')),
  ])
}

function facts({ header }: CaseReport): string {
  if (!header) return ''
  return definitions([
    ['model', xml(baseName(header.file))],
    ['SHA-256', header.sha256],
    ['IR, opset', `${header.irVersion}, ${header.opset ?? 'none'}`],
    ['onnxruntime-node', xml(header.runtime ?? 'did not run')],
    ['provider', xml(`${header.provider}${header.device ? `: ${header.device}` : ''}`)],
    ['optimisation', header.optimization],
  ])
}

function caseDetails(report: CaseReport, i: number, pictures: Pictures | undefined): string {
  const { case: name, provider, rows, exitCode } = report
  const failures = rows.filter((r) => r.verdict === 'FAIL')
  const texts = failures.map(
    (r) => `<pre>${xml([`FAIL ${r.output || name}`, ...failureLines(r)].join('\n')).replaceAll('&#10;', '\n')}</pre>`,
  )
  const titles = ['output', 'verdict', 'differ', 'worst absolute', 'worst relative', 'atol', 'rtol', 'where']
  const picture = pictures?.of.get(report)
  const counts = addUp(rows.flatMap((r) => (r.comparison ? [r.comparison.histogram] : [])))
  return [
    `<details${exitCode === 0 ? '' : ' open'}><summary>${xml(name)} on ${provider}: ${verdict(verdictOn([report]))}</summary><div id="${idOf(i)}">`,
    facts(report),
    picture === undefined
      ? ''
      : `<p><a href="${xml(encodeURI(picture))}">This loss cell by cell, and where it differs</a></p>`,
    ...texts,
    htmlTable(titles, rows.map(outputRow)),
    `<h3>Errors</h3><div class="grid">${histogram(`${name} on ${provider}`, counts)}</div>`,
    '</div></details>',
  ].join('')
}

/** All that is known of each case, in the order of the overview. */
export const allDetails = (reports: readonly CaseReport[], pictures?: Pictures): string =>
  reports.map((report, i) => caseDetails(report, i, pictures)).join('')
