import { xml } from '../../../io/index.js'
import { groupBy } from '../../compare/group.js'
import type { CaseReport } from '../../judge/result.js'
import type { Cause } from '../../layers/finding.js'
import { totalsInWords } from '../totals.js'
import { allDetails, failuresFirst, overview, type Pictures } from './cases.js'
import { type Drawn, drawing } from './drawing.js'
import { addUp, histogram } from './histogram.js'
import { type Setting, settingInHtml, withoutFolders } from './setting.js'
import { style } from './style.js'
import { htmlTable, tableRow, verdict, verdictOn } from './table.js'

/** A comparison of every value of a case, with the text that describes it and the graph it was made on. */
export interface DrawnCase extends Drawn {
  readonly case: string
  readonly text?: string
}

export type { Pictures } from './cases.js'

/** What a page shows beside the reports. */
export interface Extras {
  /** Drawings of graphs. */
  readonly drawn: readonly DrawnCase[]
  /** Where the first failure comes from. */
  readonly cause?: Cause | undefined
  /** Pages that show failing losses cell by cell. */
  readonly pictures?: Pictures | undefined
  readonly setting: Setting
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
    .map(({ case: name, text, report, nodes }, i) =>
      [
        `<h2>The graph on ${xml(name)}: ${xml(report.a)} against ${xml(report.b)}</h2>`,
        ...(text === undefined ? [] : [`<pre>${xml(text).replaceAll('&#10;', '\n')}</pre>`]),
        drawing({ nodes, report }, `graph-${i}`),
      ].join(''),
    )
    .join('')
}

/** Where the first failure comes from, right below the verdict: it is what a reader wants to know. */
function causeInHtml(cause: Cause | undefined): string {
  if (!cause) return ''
  const [first = '', ...rest] = cause.lines
  const lines = rest.map((line) => `<li>${xml(line)}</li>`).join('')
  const list = lines === '' ? '' : `<ul>${lines}</ul>`
  return `<h2>Where ${xml(cause.case)} on ${xml(cause.provider)} goes wrong</h2><div class="cause"><p><strong>${xml(first)}</strong></p>${list}</div>`
}

/** That not everything has a picture, where that is so. */
const withoutPicture = (pictures: Pictures | undefined): string =>
  pictures && pictures.left > 0
    ? `<p>The first ${pictures.of.size} failing losses are shown cell by cell; ${pictures.left} more cases fail.</p>`
    : ''

/** The report as one page that needs nothing but itself: no script, no network, no folders of this machine. */
export function toHtml(unsorted: readonly CaseReport[], { drawn, cause, pictures, setting }: Extras): string {
  const reports = failuresFirst(unsorted)
  const [word, words] = [verdictOn(reports), totalsInWords(reports)]
  const devices = new Set(reports.flatMap((r) => (r.header?.device ? [`${r.provider}: ${r.header.device}`] : [])))
  const page = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${word}: ${words}</title><style>${style}</style></head><body>`,
    `<header><h1>${verdict(word)} ${words}</h1>`,
    settingInHtml(setting, reports),
    ...[...devices].map((d) => `<p>${xml(d)}. A second implementation; nothing here is a result of a GPU.</p>`),
    '</header><main>',
    causeInHtml(cause),
    `<h2>Cases</h2>${overview(reports)}${withoutPicture(pictures)}`,
    `<h2>Errors of all outputs</h2><div class="grid">${histograms(reports)}</div>`,
    `<h2>Where the nodes ran</h2>${placement(reports)}`,
    drawings(drawn),
    `<h2>Every output</h2>${allDetails(reports, pictures)}`,
    '</main><footer>An element passes if |got − expected| ≤ atol + rtol·|expected|.</footer>',
    '</body></html>\n',
  ].join('\n')
  return withoutFolders(page, setting)
}
