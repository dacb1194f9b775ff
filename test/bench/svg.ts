import type { Growth } from './bench.js'
import type { Machine } from './machine.js'
import type { Timing } from './measure.js'
import { type CaseReport, describe } from './report.js'

const column = 520
const names = 240
const line = 15
const chart = { width: 180, height: 120 }

// Colours that are told apart on white and on black; only text and rules follow the reader's scheme.
const colours: readonly (readonly [start: string, colour: string])[] = [
  ['compact', '#2f81f7'],
  ['static', '#8957e5'],
  ['loop', '#bf4b8a'],
  ['PyTorch', '#db6d28'],
  ['fused C', '#2da44e'],
  ['TensorFlow', '#bf8700'],
  ['Paddle', '#1b7c83'],
]
const colourOf = (name: string): string => colours.find(([start]) => name.startsWith(start))?.[1] ?? '#848d97'

const style = `text { font: 11px system-ui, sans-serif; fill: #1f2328 } .head { font-weight: 600 } .dim { fill: #656d76 }
  .rule { stroke: #d0d7de } .whisker { stroke: #1f2328 } path { fill: none; stroke-width: 1.8 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .dim { fill: #9198a1 } .rule { stroke: #3d444d } .whisker { stroke: #e6edf3 }
  }`

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const text = (x: number, y: number, words: string, look = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${look}>${escaped(words)}</text>`
const rule = (x1: number, y1: number, x2: number, y2: number, look = 'class="rule"'): string =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ${look}/>`

/** Something drawn, and how high it is. */
interface Drawn {
  readonly marks: readonly string[]
  readonly height: number
}

type Along = (value: number) => number

/** A logarithmic axis over all of `values`, from whole power of ten to whole power of ten. */
function logarithmic(values: readonly number[], from: number, to: number): { along: Along; ticks: number[] } {
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(Math.ceil(Math.log10(Math.max(...values))), low + 1)
  const along = (v: number) => from + ((Math.log10(Math.max(v, 10 ** low)) - low) / (high - low)) * (to - from)
  return { along, ticks: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)) }
}

function bars(timings: readonly Timing[], left: number, top: number, along: Along): string[] {
  return timings.flatMap(({ name, ms }, i) => {
    const y = top + i * line
    const [from, to] = [left + names, left + along(ms.median)]
    const middle = y + line / 2 - 1
    return [
      text(from - 6, y + 10, name, 'text-anchor="end"'),
      `<rect x="${from}" y="${y + 1}" width="${(to - from).toFixed(1)}" height="${line - 4}" fill="${colourOf(name)}"/>`,
      rule(left + along(ms.low), middle, left + along(ms.high), middle, 'class="whisker"'),
      text(Math.max(to, left + along(ms.high)) + 4, y + 10, ms.median.toPrecision(3), 'class="dim"'),
    ]
  })
}

/** One case: the loss alone to the left, with gradients to the right. */
function casePlot(report: CaseReport, top: number, along: Along): Drawn {
  const groups = [false, true].map((gradients) => report.timings.filter((t) => t.gradients === gradients))
  const marks = groups.flatMap((group, i) => bars(group, i * column, top + 22, along))
  const head = `${report.case.name}: ${describe(report.case)}`
  const most = Math.max(...groups.map((group) => group.length))
  return { marks: [text(8, top + 12, head, 'class="head"'), ...marks], height: 22 + most * line + 14 }
}

/** How the times grow along one size: both axes linear. */
function growthPlot({ along, reports }: Growth, left: number, top: number): string[] {
  const at = reports.map((r) => Number(r.case.name))
  const all = [...new Set(reports.flatMap(({ timings }) => timings.map(({ name }) => name)))]
  // The literal graph would press all others flat; the table has it.
  const shown = all.filter((name) => name !== 'loop')
  const times = (name: string) => reports.map((r) => r.timings.find((t) => t.name === name)?.ms.median ?? 0)
  const highest = Math.max(...shown.flatMap(times))
  const x = (v: number) => left + 30 + (v / Math.max(...at)) * (chart.width - 40)
  const y = (v: number) => top + 20 + (1 - v / highest) * (chart.height - 20)
  const path = (name: string) =>
    times(name)
      .map((ms, i) => `${i === 0 ? 'M' : 'L'}${x(at[i] ?? 0).toFixed(1)} ${y(ms).toFixed(1)}`)
      .join('')
  return [
    text(left + 30, top + 10, `ms by ${along}`, 'class="head"'),
    rule(x(0), y(0), x(Math.max(...at)), y(0)),
    rule(x(0), y(0), x(0), y(highest)),
    text(x(0) - 4, y(highest) + 8, highest.toPrecision(2), 'class="dim" text-anchor="end"'),
    ...at.map((v) => text(x(v), y(0) + 13, `${v}`, 'class="dim" text-anchor="middle"')),
    ...shown.map((name) => `<path d="${path(name)}" stroke="${colourOf(name)}"/>`),
  ]
}

function axis(ticks: readonly number[], along: Along, top: number, height: number): string[] {
  return [0, column].flatMap((left) =>
    ticks.flatMap((ms) => [
      rule(left + along(ms), top, left + along(ms), top + height),
      text(left + along(ms), top + height + 12, `${ms}`, 'class="dim" text-anchor="middle"'),
    ]),
  )
}

/** Times of all cases on one logarithmic axis, and how they grow; an SVG without scripts. */
export function plot(
  reports: readonly CaseReport[],
  growth: readonly Growth[],
  { date, cpu }: Machine,
  how = '',
): string {
  const times = reports.flatMap(({ timings }) => timings.flatMap(({ ms }) => [ms.low, ms.high]))
  const { along, ticks } = logarithmic(times, names, column - 50)
  const marks: string[] = []
  let y = 44
  for (const report of reports) {
    const drawn = casePlot(report, y, along)
    marks.push(...drawn.marks)
    y += drawn.height
  }
  const rules = axis(ticks, along, 44, y - 44)
  const bottom = y + 34
  for (const [i, one] of growth.entries()) marks.push(...growthPlot(one, i * (chart.width + 55), bottom))
  const [width, height] = [2 * column, bottom + (growth.length > 0 ? chart.height + 24 : 0)]
  const head = `Median milliseconds with quartiles; ${how}; ${cpu}; ${date}`
  const titles = [
    text(names, 34, 'loss alone, ms', 'class="head"'),
    text(column + names, 34, 'with gradients, ms', 'class="head"'),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<style>${style}</style>
${[...rules, text(8, 16, head, 'class="head"'), ...titles, ...marks].join('\n')}
</svg>
`
}
