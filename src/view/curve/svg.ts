import { printable, xml } from '../../io/index.js'
import { drawPanel } from './drawn.js'
import { element } from './element.js'
import type { Axis, History } from './history.js'
import { type Frame, type Laid, laidOut, sidesOf, sizes } from './laid.js'
import { type Panel, panelsOf } from './panels.js'
import { linear, type Scale } from './scale.js'
import { style } from './style.js'
import { wordsOf } from './words.js'
import { fitted, widthOf, write } from './written.js'

/** What trainings are called beside their lines. */
const letters = ['A', 'B']

/** In pixels: of the drawing, and of a line of its head. */
const [width, margin, line] = [940, 10, 18]

/** Heights of panels that take the whole width, a half and a third of it. */
const heights = { 1: 270, 2: 200, 3: 170 } as const

const axisWords: Readonly<Record<Axis, string>> = {
  step: 'along: steps',
  epoch: 'along: epochs',
  seconds: 'along: seconds of training',
}

/** The axis that all panels have in common. */
function alongOf(runs: readonly History[], axis: Axis): (ticks: number) => Scale {
  const spans = runs.flatMap((run) => run.spans('rate', axis))
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { from, to } of spans) [least, most] = [Math.min(least, from), Math.max(most, to)]
  // One step is in the middle.
  if (least === most) return () => ({ ...linear(least - 0.5, least + 0.5, 1), ticks: [least] })
  return (ticks) => {
    const along = linear(least, most, ticks)
    return axis === 'step' ? { ...along, ticks: along.ticks.filter(Number.isInteger) } : along
  }
}

/** The trainings, each with a piece of its line, and what the curves are drawn along. */
function headOf(runs: readonly History[], axis: Axis): string {
  const several = runs.length > 1
  const lines = runs.map((run, i) => {
    const y = margin + 14 + i * line
    const piece = element('line', { x1: 30, x2: 62, y1: y - 4, y2: y - 4, class: `line c${i} r${i}` })
    const mark = several ? element('text', { x: 14, y, class: 'title' }, letters[i]) + piece : ''
    const [x, words] = [several ? 70 : 14, ` — ${wordsOf(run)[0]}`]
    const name = fitted(run.name, width - margin - x - widthOf(words, sizes.text), sizes.title)
    return mark + write(name, { x, y, class: 'title' }, element('tspan', { class: 'faint' }, xml(words)))
  })
  const note = `${axisWords[axis]}; bands from least to most in a pixel; × where a number is NaN or infinite; no line where steps are missing`
  const y = margin + 14 + runs.length * line
  return [...lines, element('text', { x: 14, y, class: 'faint' }, note)].join('\n')
}

/** Where panels lie below a height: those of a part beside one another, as many as the width has. */
function framesOf(panels: readonly Panel[], top: number): Frame[] {
  let [column, below, used] = [0, top, 0]
  return panels.map(({ part }, i) => {
    if (part !== panels[i - 1]?.part || column === part) [column, below] = [0, below + used]
    const own = (width - (part + 1) * margin) / part
    const frame = { left: margin + column * (own + margin), top: below, width: own, height: heights[part] }
    used = heights[part] + margin
    column++
    return frame
  })
}

/** Panels whose edges lie below one another: thirds, whose lines have letters alone beside them, or all others. */
const besides = (all: readonly Laid[], { panel }: Laid): Laid[] =>
  all.filter((other) => (other.panel.part === 3) === (panel.part === 3))

/**
 * The curves of one training, or of two over one another, as an SVG document of its own: loss, floor and validation,
 * excess, learning rate, and each term, along a common axis.
 * @param runs one or two, each of at least one step
 */
export function curveSvg(runs: readonly History[], axis: Axis = 'step'): string {
  const panels = panelsOf(runs, axis)
  const top = 2 * margin + (runs.length + 1) * line
  const frames = framesOf(panels, top)
  const height = Math.max(...frames.map((frame) => frame.top + frame.height)) + margin
  const along = alongOf(runs, axis)
  const laid = panels.map((panel, i) => laidOut(panel, frames[i] as Frame, letters.slice(0, runs.length)))
  const title = `Curves of ${runs.map(({ name }) => printable(name)).join(' and ')}`
  const inner = [
    element('title', { id: 'curve-title' }, xml(title)),
    element(
      'desc',
      { id: 'curve-words' },
      runs.map((run) => xml(`${printable(run.name)}: ${wordsOf(run).join('; ')}.`)).join(' '),
    ),
    element('style', {}, style),
    element('rect', { width, height, class: 'paper' }),
    headOf(runs, axis),
    ...laid.map((one) => drawPanel(one, sidesOf(besides(laid, one)), along)),
  ]
  const root = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, class: 'curve' }
  const named = { role: 'img', 'aria-labelledby': 'curve-title curve-words' }
  return `${element('svg', { ...root, ...named }, `\n${inner.join('\n')}\n`)}\n`
}
