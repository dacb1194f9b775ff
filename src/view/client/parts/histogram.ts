import type { Histogram, Side } from '../../viewed.js'
import { h, svg } from '../dom/element.js'
import { named } from '../dom/spelt.js'
import { table } from '../dom/table.js'
import { count, number } from '../dom/text.js'

const [width, height] = [360, 120]

/** Of counts that differ by more than this, the few would not be seen beside the many. */
const manyTimes = 50

function bars({ counts }: Histogram, isLogarithmic: boolean): SVGSVGElement {
  const size = (n: number) => (isLogarithmic ? Math.log10(1 + n) : n)
  const most = Math.max(...counts.map(size), 1e-9)
  const step = width / counts.length
  const rects = counts.map((n, i) => {
    const tall = n === 0 ? 0 : Math.max((size(n) / most) * height, 1.5)
    return svg('rect', { x: i * step + 1, y: height - tall, width: Math.max(step - 2, 1), height: tall })
  })
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, ...rects)
}

function figure(title: string, id: string, histogram: Histogram): HTMLElement {
  const { edges, counts } = histogram
  const all = counts.reduce((a, b) => a + b, 0)
  const some = counts.filter((n) => n > 0)
  const isLogarithmic = Math.max(...some) > manyTimes * Math.min(...some)
  const axis = [edges[0] ?? 0, ((edges[0] ?? 0) + (edges.at(-1) ?? 1)) / 2, edges.at(-1) ?? 1]
  const rows = counts.map((n, i) => [`${number(edges[i] ?? 0, 3)} to ${number(edges[i + 1] ?? 0, 3)}`, number(n, 9)])
  return h(
    'figure',
    { class: 'histogram' },
    h('figcaption', {}, h('b', {}, title), ` ${count(all, 'row')}${isLogarithmic ? ', heights logarithmic' : ''}`),
    all === 0
      ? h('p', { class: 'note' }, 'There are none.')
      : [bars(histogram, isLogarithmic), h('div', { class: 'axis', 'aria-hidden': 'true' }, ...axis.map((x) => h('span', {}, number(x, 3))))], // biome-ignore format: one row
    h('details', { id }, h('summary', {}, 'As a table'), table(title, ['', 'Rows'], rows)),
  )
}

/** How well positives lie, and how sure the background is. */
export function histograms(sides: readonly Side[]): HTMLElement | undefined {
  if (!sides.some(({ histograms }) => histograms)) return undefined
  const all = sides.map((side, i) => {
    if (!side.histograms) return undefined
    const { iou, objectness } = side.histograms
    return h(
      'div',
      { class: 'side' },
      ...(sides.length === 1 ? [] : [h('h3', {}, named(side.name))]),
      h(
        'div',
        { class: 'pair' },
        figure('IoU at positives.', `iou-${i}`, iou),
        figure('Objectness at background.', `objectness-${i}`, objectness),
      ),
    )
  })
  return h(
    'section',
    {},
    h('h2', { id: 'histograms' }, 'How predictions lie'),
    h('div', { class: `sides of-${sides.length}` }, ...all),
  )
}
