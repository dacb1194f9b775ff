import type { GraphNode } from '../../../onnx/index.js'
import { brief, counted, short } from '../../compare/digits.js'
import { groupBy } from '../../compare/group.js'
import type { CaseReport, OutputRow } from '../../judge/result.js'
import type { LayerReport } from '../../layers/locate.js'
import { failureLines } from '../failure.js'
import { passedOf, totals, worstOf } from '../totals.js'
import { anchor, xml } from '../xml.js'
import { drawing } from './drawing.js'
import { addUp, histogram } from './histogram.js'
import { style } from './style.js'

/** A comparison of every value of a case, with the text that describes it and the graph it was made on. */
export interface DrawnCase {
  readonly case: string
  readonly text: string
  readonly report: LayerReport
  readonly nodes: readonly GraphNode[]
}

const verdict = (pass: boolean): string => `<span class="${pass ? 'PASS' : 'FAIL'}">${pass ? 'PASS' : 'FAIL'}</span>`

const htmlTable = (titles: readonly string[], rows: readonly string[]): string =>
  `<div class="scroll" tabindex="0"><table><thead><tr>${titles.map((t) => `<th scope="col">${t}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`

const tableRow = (texts: readonly string[]): string => `<tr>${texts.map((t) => `<td>${t}</td>`).join('')}</tr>`

function overview(reports: readonly CaseReport[]): string {
  const rows = reports.map(({ case: name, provider, rows, exitCode }) =>
    tableRow([
      `<a href="#${anchor(`case-${provider}`, name)}">${xml(name)}</a>`,
      provider,
      verdict(exitCode === 0),
      `${passedOf(rows)} of ${rows.length}`,
      short(worstOf(rows, 'worstAbs')),
      short(worstOf(rows, 'worstRel')),
      counted(worstOf(rows, 'worstUlp')),
    ]),
  )
  return htmlTable(['case', 'provider', 'verdict', 'outputs', 'worst absolute', 'worst relative', 'worst ulp'], rows)
}

function outputRow(row: OutputRow): string {
  const { comparison: c, tolerance: t } = row
  return tableRow([
    xml(row.output || '(case)'),
    verdict(row.verdict === 'PASS'),
    c ? `${c.mismatches} of ${c.compared}` : '-',
    short(c?.worstAbs?.value),
    short(c?.worstRel?.value),
    t ? brief(t.atol) : '-',
    t ? brief(t.rtol) : '-',
    xml(row.where ?? (c?.worstAbs && c.worstAbs.value > 0 ? `[${c.worstAbs.index}]` : '')),
  ])
}

function facts(report: CaseReport): string {
  const { header } = report
  if (!header) return ''
  const rows: [string, string][] = [
    ['model', header.file],
    ['SHA-256', header.sha256],
    ['IR, opset', `${header.irVersion}, ${header.opset ?? 'none'}`],
    ['onnxruntime-node', header.runtime ?? 'did not run'],
    ['provider', `${header.provider}${header.device ? `: ${header.device}` : ''}`],
    ['optimisation', header.optimization],
  ]
  return `<dl>${rows.map(([k, v]) => `<dt>${k}</dt><dd>${xml(v)}</dd>`).join('')}</dl>`
}

function caseDetails(report: CaseReport): string {
  const { case: name, provider, rows, exitCode } = report
  const failures = rows.filter((r) => r.verdict === 'FAIL')
  const texts = failures.map(
    (r) => `<pre>${xml([`FAIL ${r.output || name}`, ...failureLines(r)].join('\n')).replaceAll('&#10;', '\n')}</pre>`,
  )
  const titles = ['output', 'verdict', 'differ', 'worst absolute', 'worst relative', 'atol', 'rtol', 'where']
  const counts = addUp(rows.flatMap((r) => (r.comparison ? [r.comparison.histogram] : [])))
  return [
    `<details${exitCode === 0 ? '' : ' open'}><summary>${xml(name)} on ${provider}: ${verdict(exitCode === 0)}</summary><div id="${anchor(`case-${provider}`, name)}">`,
    facts(report),
    ...texts,
    htmlTable(titles, rows.map(outputRow)),
    `<h3>Errors</h3><div class="grid">${histogram(`${name} on ${provider}`, counts)}</div>`,
    '</div></details>',
  ].join('')
}

function histograms(reports: readonly CaseReport[]): string {
  return [...groupBy(reports, (r) => r.provider)]
    .map(([provider, of]) => {
      const all = of.flatMap((r) => r.rows.flatMap((row) => (row.comparison ? [row.comparison.histogram] : [])))
      return histogram(provider, addUp(all))
    })
    .join('')
}

function placement(reports: readonly CaseReport[]): string {
  const rows = reports.flatMap(({ case: name, provider, header }) => {
    const p = header?.placement
    if (!p) return []
    const places = Object.entries(p.nodes).map(([where, nodes]) => `${nodes.length} on ${xml(where)}`)
    const stray = Object.entries(p.operators).filter(
      ([where]) => provider !== 'cpu' && where === 'CPUExecutionProvider',
    )
    const ops = stray.flatMap(([, counts]) => Object.entries(counts).map(([op, n]) => `${xml(op)} ${n}`))
    return [
      tableRow([
        xml(name),
        provider,
        places.join(', ') || 'nothing to execute',
        String(p.memcpy),
        p.rule,
        ops.join(', '),
      ]),
    ]
  })
  if (rows.length === 0) return '<p>Nobody asked where the nodes ran.</p>'
  return htmlTable(['case', 'asked for', 'nodes', 'copies', 'rule', 'operators on the CPU'], rows)
}

function drawings(drawn: readonly DrawnCase[]): string {
  return drawn
    .map(({ case: name, text, report, nodes }) =>
      [
        `<h2>The graph on ${xml(name)}: ${xml(report.a)} against ${xml(report.b)}</h2>`,
        `<pre>${xml(text).replaceAll('&#10;', '\n')}</pre>`,
        drawing({ nodes, report }),
      ].join(''),
    )
    .join('')
}

/** The report as one page that needs nothing but itself: no script, no network. */
export function toHtml(reports: readonly CaseReport[], drawn: readonly DrawnCase[], version: string): string {
  const { passed, failed } = totals(reports)
  const devices = new Set(reports.flatMap((r) => (r.header?.device ? [`${r.provider}: ${r.header.device}`] : [])))
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${failed === 0 ? 'PASS' : 'FAIL'}: ${passed} passed, ${failed} failed</title><style>${style}</style></head><body>`,
    `<header><h1>${verdict(failed === 0)} ${passed} passed, ${failed} failed</h1>`,
    ...[...devices].map((d) => `<p>${xml(d)}. A second implementation; nothing here is a result of a GPU.</p>`),
    '</header><main>',
    `<h2>Cases</h2>${overview(reports)}`,
    `<h2>Errors of all outputs</h2><div class="grid">${histograms(reports)}</div>`,
    `<h2>Where the nodes ran</h2>${placement(reports)}`,
    drawings(drawn),
    `<h2>Every output</h2>${reports.map(caseDetails).join('')}`,
    `</main><footer>yolo-loss ${xml(version)}. An element passes if |got − expected| ≤ atol + rtol·|expected|.</footer>`,
    '</body></html>\n',
  ].join('\n')
}
