import type { Mode, Runtime } from './records.js'
import type { Results, Row } from './results.js'

/** Where the matrix stands in `graphs/README.md`; what is between is made by `npm run test:frameworks -- --write`. */
export const markers = ['<!-- frameworks: generated -->', '<!-- /frameworks -->'] as const

/** Where the README tells of it, within a line. */
const inLine = /(?<=<!-- engines -->).*?(?=<!-- \/engines -->)/

const marks = { green: '✓', part: '◐', red: '✗', WRONG: 'WRONG' } as const

const kind = ({ form, target, opset }: Row): string =>
  [form, target && `\`--for ${target}\``, opset && `opset ${opset}`].filter(Boolean).join(' ')

const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/[\r\n]+/g, ' ')

/** The error of the loss; where a result is wrong, of the output that is farthest off too. */
function worst({ lossError, measure, passed, wrong }: Row): string {
  if (passed === 0 && wrong.length === 0) return ''
  const loss = lossError === null ? '∞' : lossError.toExponential(1)
  return wrong.length === 0 ? loss : `${loss}; ${measure ?? '∞'} × allowed`
}

function failing({ failures, wrong }: Row): string {
  const [first] = wrong
  const [refusal] = failures
  const told = [
    first && `wrong: ${first}${wrong.length > 1 ? `, and ${wrong.length - 1} more` : ''}`,
    refusal && `${refusal.cases} × ${refusal.op ? `${refusal.op}: ` : ''}${refusal.why ?? refusal.error}`,
  ]
  return cell(told.filter(Boolean).join('; '))
}

const line = (row: Row): string =>
  `| ${[row.title, cell(row.version), kind(row), row.mode, `${marks[row.status]} ${row.passed} of ${row.cases}`, worst(row), failing(row), row.date].join(' | ')} |`

/** Ways to the loss, to its gradient, and through a compiler. */
const ways = {
  loss: ['value', 'jit'],
  gradient: ['gradient', 'derived', 'jit derived'],
  compiled: ['jit', 'jit derived'],
} as const satisfies Record<string, readonly Mode[]>

/** Engines that pass every case of some kind of graph. */
function greenEngines(rows: readonly Row[], way: keyof typeof ways, table: readonly Runtime[] = []): readonly string[] {
  const modes: readonly string[] = ways[way]
  const compiling = new Set(way === 'compiled' ? table.filter((r) => r.compiles).map(({ name }) => name) : [])
  const counts = (row: Row) => row.status === 'green' && (modes.includes(row.mode) || compiling.has(row.runtime))
  return [...new Set(rows.filter(counts).map(({ engine }) => engine))]
}

const named = (engines: readonly string[]): string => `${engines.length} (${engines.join('; ') || 'none'})`

/** The matrix in a few words, for the README. */
export function inWords({ rows }: Results): string {
  const [loss, gradient] = [greenEngines(rows, 'loss').length, greenEngines(rows, 'gradient').length]
  return `${loss} engines give the loss on every case that is exported for them, ${gradient} its gradient`
}

/** What is to be known beside the rows: why values are wrong, what could not be installed, what has not been measured. */
function notes({ rows, notRun }: Results, table: readonly Runtime[]): string[] {
  const told = new Set([...rows, ...notRun].map(({ runtime }) => runtime))
  const wrong = new Set(rows.filter(({ status }) => status === 'WRONG').map(({ runtime }) => runtime))
  const lines = [
    ...table
      .filter(({ name }) => wrong.has(name))
      .map(({ title, wrongBecause }) => `**Wrong values** in ${title}: ${wrongBecause ?? 'the cause is not known'}.`),
    ...notRun.map(({ title, why }) => `Not run: ${title}: \`${cell(why)}\`.`),
    ...table.filter(({ name }) => !told.has(name)).map(({ title }) => `Not measured yet: ${title}.`),
    ...table.flatMap(({ title, byNameOnly }) => (byNameOnly ? [`In no rotation: ${title}, ${byNameOnly}.`] : [])),
  ]
  return lines.flatMap((line) => [line, ''])
}

/** The section of the README, as Markdown. @param table all runtimes, of which a run may have left some out */
export function matrix(results: Results, table: readonly Runtime[]): string {
  const { rows } = results
  const head = [
    'runtime',
    'version',
    'graph',
    'mode',
    'cases',
    'worst relative error of the loss',
    'what fails',
    'run on',
  ]
  return [
    `Engines that pass every case that is exported for them, with some graph: the loss ${named(greenEngines(rows, 'loss'))}. Its gradient, ours or their own, ${named(greenEngines(rows, 'gradient'))}. Compiled ${named(greenEngines(rows, 'compiled', table))}.`,
    '',
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map(line),
    '',
    ...notes(results, table),
  ].join('\n')
}

/** A page with another text between the markers. */
export function inserted(page: string, section: string): string {
  const [from, to] = markers.map((marker) => page.indexOf(marker)) as [number, number]
  if (from < 0 || to < from) throw new Error(`the page lacks ${markers.join(' … ')}`)
  return `${page.slice(0, from + markers[0].length)}\n\n${section}\n${page.slice(to)}`
}

/** The README with other words of the matrix. */
export const retold = (readme: string, results: Results): string => {
  if (!inLine.test(readme)) throw new Error('the README lacks <!-- engines --> … <!-- /engines -->')
  return readme.replace(inLine, inWords(results))
}
