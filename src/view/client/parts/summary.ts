import type { Side, Sums } from '../../viewed.js'
import { h } from '../dom/element.js'
import { data, named } from '../dom/spelt.js'
import { count, number, percent, short } from '../dom/text.js'
import { termNames, termTitles, total } from '../model/maps.js'

type Words = string | readonly (Node | string)[]

const tile = (name: Words, value: Node | string, note: Words = '') =>
  h(
    'div',
    { class: 'tile' },
    h('dt', {}, name),
    h('dd', {}, value, note.length > 0 ? h('span', { class: 'note' }, note) : undefined),
  )

const together = (scales: readonly Sums[]): Sums =>
  scales.reduce((a, b) => ({ xy: a.xy + b.xy, wh: a.wh + b.wh, conf: a.conf + b.conf, class: a.class + b.class }), {
    xy: 0,
    wh: 0,
    conf: 0,
    class: 0,
  })

/** What each term has of the loss, as lengths; where a term is negative or no number, lengths would lie. */
function shares(scales: readonly Sums[]): HTMLElement | undefined {
  const sums = together(scales)
  const all = total(sums)
  if (!(all > 0 && Number.isFinite(all)) || termNames.some((name) => sums[name] < 0)) return undefined
  const parts = termNames.map((name) => {
    const bar = h('span', { class: `share ${name}` })
    bar.style.flexGrow = String(sums[name] / all)
    return bar
  })
  const key = termNames.map((name) =>
    h('li', {}, h('i', { class: `swatch ${name}` }), `${termTitles[name]} `, h('b', {}, percent(sums[name] / all))),
  )
  return h(
    'div',
    { class: 'shares' },
    h('div', { class: 'bar', 'aria-hidden': 'true' }, ...parts),
    h('ul', { class: 'key', 'aria-label': 'Shares of the loss' }, ...key),
  )
}

/** Of the second side: how far its loss is from the first's. */
function changeNote(side: Side, first: Side, of: (side: Side) => number | undefined): string {
  const change = (of(side) ?? Number.NaN) - (of(first) ?? Number.NaN)
  if (side === first || Number.isNaN(change)) return ''
  return `${change > 0 ? '+' : ''}${number(change)} against ${short(first.name, 30)}`
}

/** The loss; beside a graph's own it says whose it is. */
function lossTiles(side: Side, first: Side): HTMLElement[] {
  const { loss, graph, outputs = [] } = side
  if (loss === undefined) return []
  const own = changeNote(side, first, (of) => of.loss)
  if (graph?.loss === undefined) return [tile('Loss', data(loss, 6), own)]
  const differs = outputs.some((output) => output.name === 'loss' && output.differs)
  const verdict = differs ? h('strong', { class: 'differs' }, '≠ beyond tolerance') : 'within tolerance'
  const change = changeNote(side, first, (of) => of.graph?.loss)
  return [
    tile('Loss by the reference', data(loss, 6), own),
    tile(['Loss by ', named(short(graph.name, 30))], data(graph.loss, 6), [
      verdict,
      ...(change ? [`; ${change}`] : []),
    ]),
  ]
}

const excessNote = (excess: number): string =>
  Number.isNaN(excess) ? 'no number: see what is odd' : 'what training can take away'

function sideSummary(side: Side, first: Side, isOne: boolean): HTMLElement {
  const { loss, floor, sums, images } = side
  const boxes = images.reduce((n, image) => n + image.boxes.length, 0)
  const tiles = [
    ...lossTiles(side, first),
    tile('Floor', data(floor, 6), 'the least that these labels allow'),
    ...(loss === undefined ? [] : [tile('Excess', data(loss - floor, 6), excessNote(loss - floor))]),
    tile('Images', number(images.length), count(boxes, 'true box', 'true boxes')),
  ]
  return h(
    'div',
    { class: 'side' },
    ...(isOne ? [] : [h('h3', {}, named(side.name))]),
    h('dl', { class: 'tiles' }, ...tiles),
    sums && shares(sums.scales),
  )
}

/** The loss, its floor, and what lies between. */
export const summary = (sides: readonly Side[]): HTMLElement =>
  h(
    'section',
    { class: 'summary', 'aria-label': 'Summary' },
    ...sides.map((side) => sideSummary(side, sides[0] ?? side, sides.length === 1)),
  )
