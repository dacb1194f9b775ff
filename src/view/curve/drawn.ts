import { xml } from '../../io/index.js'
import { element, rounded } from './element.js'
import { spread } from './labels.js'
import { around, type Frame, type Laid, type Sides } from './laid.js'
import type { Series } from './panels.js'
import { names, type Scale } from './scale.js'
import { type Column, columnsOf, unbroken } from './span.js'
import { colourCount } from './style.js'
import { type Written, write } from './written.js'

/** Width of a column in pixels: of single ones a noisy line is a blot, and its pattern is not seen. */
const columnWidth = 2.5

/** Height of a line of text in pixels. */
const text = 14

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

/**
 * A panel as elements of SVG.
 * @param sides the room beside its lines @param xOf the axis of all panels, of so many ticks
 */
export function drawPanel(laid: Laid, sides: Sides, xOf: (ticks: number) => Scale): string {
  const { panel, frame, y, title, labels } = laid
  const inner = {
    left: frame.left + sides.left,
    top: frame.top + around.top,
    width: frame.width - sides.left - sides.right,
    height: frame.height - around.top - around.bottom,
  }
  const plot = { ...inner, x: xOf(Math.floor(inner.width / 70)), y }
  const drawn = panel.series.flatMap((series, i) => drawSeries(series, plot, labels[i] as Written) ?? [])
  const parts = [
    write(title, { x: frame.left + 4, y: frame.top + 15, class: 'title' }),
    drawAxes(plot, laid.ticks),
    ...drawn.map(({ lines }) => lines),
    drawLabels(drawn, plot),
  ]
  return element('g', {}, parts.join('\n'))
}

function drawAxes(plot: Plot, beside: readonly string[]): string {
  const { left, top, x, y } = plot
  const across = y.ticks.map((tick, i) => {
    const at = bottom(plot) - y.place(tick) * plot.height
    const line = element('line', { x1: left, x2: right(plot), y1: at, y2: at, class: 'grid' })
    return line + element('text', { x: left - 6, y: at + 4, 'text-anchor': 'end', class: 'faint' }, beside[i])
  })
  const below = names(x.ticks)
  const along = x.ticks.map((tick, i) => {
    const at = left + x.place(tick) * plot.width
    const line = element('line', { x1: at, x2: at, y1: bottom(plot), y2: bottom(plot) + 4, class: 'axis' })
    return line + element('text', { x: at, y: bottom(plot) + 17, 'text-anchor': 'middle', class: 'faint' }, below[i])
  })
  const frame = `M${rounded(left)} ${rounded(top)}V${rounded(bottom(plot))}H${rounded(right(plot))}`
  return [...across, ...along, element('path', { d: frame, class: 'axis', fill: 'none' })].join('\n')
}

/** A line as it is drawn, and where it ends. */
interface Drawn {
  readonly classes: string
  readonly lines: string
  readonly end: number
  readonly label: Written
}

type Point = readonly [x: number, y: number]

const path = (points: readonly Point[]): string => points.map(([x, y]) => `${rounded(x)} ${rounded(y)}`).join('L')

/** A line on a plot; nothing of a floor that is below it. */
function drawSeries(series: Series, plot: Plot, label: Written): Drawn | undefined {
  const classes = looks(series)
  const count = Math.floor(plot.width / columnWidth)
  const isFloor = series.look === 'floor'
  const columns = columnsOf(series.spans, count, plot.x.place).filter(({ most }) => !isFloor || !(most < plot.y.least))
  if (columns.length === 0) return undefined
  const xOf = ({ column }: Column): number => plot.left + ((column + 0.5) / count) * plot.width
  const yOf = (value: number): number => bottom(plot) - plot.y.place(value) * plot.height
  const parts = unbroken(columns)
  const lines = parts.flatMap((part) => {
    const points = part.map((column): Point => [xOf(column), yOf(column.mean)])
    return [...bandOf(part, xOf, yOf, classes), ...lineOf(points, series.look, classes)]
  })
  const gaps = gapsOf(columns).map(([from, to]) => crossed(xOf(from), xOf(to), plot.top + 5))
  const last = parts.at(-1)?.at(-1)
  const name = element('title', {}, xml(series.name))
  return {
    classes,
    lines: element('g', {}, [name, ...lines, ...gaps].join('\n')),
    end: last ? yOf(last.mean) : bottom(plot),
    label,
  }
}

/** A line without a gap; one of one point is a dot, and that of a floor a piece. */
function lineOf(points: readonly Point[], look: Series['look'], classes: string): string[] {
  const [[x, y], alone] = [points[0] as Point, points.length === 1]
  const d = !alone ? path(points) : look === 'floor' ? `${rounded(x - 6)} ${rounded(y)}h12` : `${path(points)}h.1`
  const dots = look === 'points' || (alone && look !== 'floor') ? points.map((at) => dot(at, classes)) : []
  return [element('path', { d: `M${d}`, class: classes }), ...dots]
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
    if (gap && columns[i - 1] === gap[1] && !gap[1].ends) gap[1] = column
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
function drawLabels(drawn: readonly Drawn[], plot: Plot): string {
  const places = spread(drawn.map(({ end }) => end), text, plot.top + 2, bottom(plot) - 4) // biome-ignore format: one line
  const from = right(plot)
  return drawn
    .map(({ classes, end, label }, i) => {
      const at = places[i] as number
      const lead = element('path', { d: `M${rounded(from + 1)} ${rounded(end)}L${rounded(from + 8)} ${rounded(at)}`, class: `${classes} lead` }) // biome-ignore format: one line
      const piece = element('line', { x1: from + 10, x2: from + 32, y1: at, y2: at, class: classes })
      return lead + piece + write(label, { x: from + 37, y: at + 4 })
    })
    .join('\n')
}
