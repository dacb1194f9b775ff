import { printable } from '../../io/index.js'
import { spread } from './labels.js'
import { heightOf, type Panel, type Series } from './panels.js'
import { type Scale, short } from './scale.js'
import { type Column, columnsOf, unbroken } from './span.js'
import { colourCount } from './style.js'
import { element, rounded, xml } from './xml.js'

/** Where a panel lies, with its title and what is written around it, in pixels. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** What stands around the lines, in pixels. */
const around = { left: 52, right: 46, top: 26, bottom: 24 }

/** Width of a column in pixels: of single ones a noisy line is a blot, and its pattern is not seen. */
const columnWidth = 2.5

/** Width of a character in pixels, generously. */
const character = 7.2

/** Height of a line of text, and the least between two ticks. */
const [text, apart] = [14, 26]

/** The part of a panel that has the lines, and its axes. */
interface Plot extends Frame {
  readonly x: Scale
  readonly y: Scale
}

const right = ({ left, width }: Frame): number => left + width
const bottom = ({ top, height }: Frame): number => top + height

/** Classes of a line: its colour and the pattern of its training. */
const looks = ({ run, colour, look }: Series): string =>
  `line c${colour % colourCount} r${run}${look === 'floor' ? ' floor' : ''}`

/** What stands beside the end of a line. */
function labelOf({ run, name }: Series, { single }: Panel, marks: readonly string[]): string {
  if (marks.length < 2) return clipped(name)
  return single ? (marks[run] as string) : `${marks[run]} ${clipped(name)}`
}

/**
 * A panel as elements of SVG.
 * @param xOf the axis of all panels, of so many ticks @param marks what trainings are called beside their lines
 */
export function drawPanel(panel: Panel, frame: Frame, xOf: (ticks: number) => Scale, marks: readonly string[]): string {
  const labels = panel.series.map((series) => labelOf(series, panel, marks))
  const beside = around.right + character * Math.max(...labels.map(({ length }) => length))
  const inner = {
    left: frame.left + around.left,
    top: frame.top + around.top,
    width: frame.width - around.left - beside,
    height: frame.height - around.top - around.bottom,
  }
  const y = heightOf(panel.series, Math.floor(inner.height / apart))
  const plot = { ...inner, x: xOf(Math.floor(inner.width / 70)), y }
  const drawn = panel.series.map((series) => drawSeries(series, plot))
  const title = `${printable(panel.title)}${y.log ? ' (log axis)' : ''}`
  const parts = [
    element('text', { x: frame.left + 4, y: frame.top + 15, class: 'title' }, xml(title)),
    drawAxes(plot),
    ...drawn.map(({ lines }) => lines),
    drawLabels(drawn, plot, labels),
  ]
  return element('g', {}, parts.join('\n'))
}

function drawAxes(plot: Plot): string {
  const { left, top, x, y } = plot
  const across = y.ticks.map((tick) => {
    const at = bottom(plot) - y.place(tick) * plot.height
    const line = element('line', { x1: left, x2: right(plot), y1: at, y2: at, class: 'grid' })
    return line + element('text', { x: left - 6, y: at + 4, 'text-anchor': 'end', class: 'faint' }, short(tick))
  })
  const along = x.ticks.map((tick) => {
    const at = left + x.place(tick) * plot.width
    const line = element('line', { x1: at, x2: at, y1: bottom(plot), y2: bottom(plot) + 4, class: 'axis' })
    return line + element('text', { x: at, y: bottom(plot) + 17, 'text-anchor': 'middle', class: 'faint' }, short(tick))
  })
  const frame = `M${rounded(left)} ${rounded(top)}V${rounded(bottom(plot))}H${rounded(right(plot))}`
  return [...across, ...along, element('path', { d: frame, class: 'axis', fill: 'none' })].join('\n')
}

/** A line as it is drawn, and where it ends. */
interface Drawn {
  readonly classes: string
  readonly lines: string
  readonly end: number
}

type Point = readonly [x: number, y: number]

const path = (points: readonly Point[]): string => points.map(([x, y]) => `${rounded(x)} ${rounded(y)}`).join('L')

function drawSeries(series: Series, plot: Plot): Drawn {
  const classes = looks(series)
  const count = Math.floor(plot.width / columnWidth)
  const columns = columnsOf(series.spans, count, plot.x.place)
  const xOf = ({ column }: Column): number => plot.left + ((column + 0.5) / count) * plot.width
  const yOf = (value: number): number => bottom(plot) - plot.y.place(value) * plot.height
  const parts = unbroken(columns)
  const lines = parts.flatMap((part) => {
    const points = part.map((column): Point => [xOf(column), yOf(column.mean)])
    // A line of one point shows as a dot.
    const line = element('path', { d: `M${path(points)}${points.length === 1 ? 'h.1' : ''}`, class: classes })
    return [...bandOf(part, xOf, yOf, classes), line, ...(series.look === 'points' ? points.map((at) => dot(at, classes)) : [])] // biome-ignore format: one line
  })
  const gaps = gapsOf(columns).map(([from, to]) => crossed(xOf(from), xOf(to), plot.top + 5))
  const last = parts.at(-1)?.at(-1)
  const name = element('title', {}, xml(printable(series.name)))
  return {
    classes,
    lines: element('g', {}, [name, ...lines, ...gaps].join('\n')),
    end: last ? yOf(last.mean) : bottom(plot),
  }
}

/** From the least to the most of each column, where those differ. */
function bandOf(part: readonly Column[], xOf: (c: Column) => number, yOf: (value: number) => number, classes: string) {
  if (part.length < 2 || part.every(({ least, most }) => least === most)) return []
  const [upper, lower] = [part.map((c): Point => [xOf(c), yOf(c.most)]), part.map((c): Point => [xOf(c), yOf(c.least)])]
  const colour = /\bc(\d+)/.exec(classes)?.[1]
  return [element('path', { d: `M${path([...upper, ...lower.reverse()])}Z`, class: `band f${colour}` })]
}

const dot = ([cx, cy]: Point, classes: string): string =>
  element('circle', { cx, cy, r: 2.5, class: `f${/\bc(\d+)/.exec(classes)?.[1]}` })

/** First and last of neighbouring columns in which a number is missing. */
function gapsOf(columns: readonly Column[]): (readonly [Column, Column])[] {
  const gaps: [Column, Column][] = []
  for (const [i, column] of columns.entries()) {
    const gap = gaps.at(-1)
    if (column.missing === 0) continue
    if (gap && columns[i - 1] === gap[1]) gap[1] = column
    else gaps.push([column, column])
  }
  return gaps
}

/** Where numbers are missing, from one place to another. */
function crossed(from: number, to: number, y: number): string {
  const ends = to - from < 8 ? [(from + to) / 2] : [from, to]
  const crosses = ends.map((x) => `M${rounded(x - 3.5)} ${rounded(y - 3.5)}l7 7m0 -7l-7 7`)
  const line = ends.length > 1 ? `M${rounded(from)} ${rounded(y)}H${rounded(to)}` : ''
  return element('path', { d: `${crosses.join('')}${line}`, class: 'gap' })
}

/** The names of lines beside their ends, each with a piece of it. */
function drawLabels(drawn: readonly Drawn[], plot: Plot, labels: readonly string[]): string {
  const places = spread(drawn.map(({ end }) => end), text, plot.top + 2, bottom(plot) - 4) // biome-ignore format: one line
  const from = right(plot)
  return drawn
    .map(({ classes, end }, i) => {
      const at = places[i] as number
      const lead = element('path', { d: `M${rounded(from + 1)} ${rounded(end)}L${rounded(from + 8)} ${rounded(at)}`, class: `${classes} lead` }) // biome-ignore format: one line
      const piece = element('line', { x1: from + 10, x2: from + 32, y1: at, y2: at, class: classes })
      return lead + piece + element('text', { x: from + 37, y: at + 4 }, xml(labels[i] as string))
    })
    .join('\n')
}

const longest = 12

/** What tells names apart stands mostly at their end. */
const clipped = (name: string): string =>
  name.length > longest ? `${name.slice(0, 4)}…${name.slice(5 - longest)}` : name
