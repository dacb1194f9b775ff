import { sigmoid } from '../../../reference/index.js'
import type { ShownRow, ViewedScale } from '../../viewed.js'
import { h } from '../dom/element.js'
import { data } from '../dom/spelt.js'
import { table } from '../dom/table.js'
import { number } from '../dom/text.js'
import { termNames, termTitles, total } from '../model/maps.js'
import { shownOf } from '../model/rows.js'

const boxNames = ['t_x', 't_y', 't_w', 't_h', 't_o'] as const

const logitOf = ({ cells }: ViewedScale, row: number, k: number): number =>
  (k < 4 ? cells?.box[row * 4 + k] : cells?.objectness[row]) ?? Number.NaN

/** What a logit means: place within the cell, times the anchor, probability. */
const meaning = (k: number, t: number): string =>
  k === 2 || k === 3 ? `× ${number(Math.exp(t), 4)}` : `σ ${number(sigmoid(t), 4)}`

/** Logits of the box and the objectness, and what they are trained towards. */
export function boxNumbers(scale: ViewedScale, row: number): HTMLElement {
  const shown = shownOf(scale, row)
  const targets = shown?.targets
  const rows = boxNames.map((name, k) => {
    const t = shown?.logits[k] ?? logitOf(scale, row, k)
    const target = k < 4 ? targets?.[k] : (shown?.labels?.[4] ?? (shown ? 0 : undefined))
    const gradient = shown?.gradient[k]
    return [
      name,
      data(t, 4),
      meaning(k, t),
      target === undefined ? '–' : data(target, 4),
      gradient === undefined ? '–' : data(gradient, 3),
    ]
  })
  return table('Box and objectness', ['', 'Logit', 'Means', 'Target', 'Gradient'], rows, 'numbers')
}

function bar(value: number, most: number): HTMLElement {
  const own = h('i', { class: 'length', 'aria-hidden': 'true' })
  own.style.width = `${most > 0 && value > 0 ? Math.min(value / most, 1) * 100 : 0}%`
  return h('span', { class: 'measure' }, own)
}

const confidenceAlone = (scale: ViewedScale, row: number): ShownRow['terms'] => ({
  xy: 0,
  wh: 0,
  conf: scale.cells?.conf[row] ?? Number.NaN,
  class: 0,
})

export const termsAt = (scale: ViewedScale, row: number): ShownRow['terms'] =>
  shownOf(scale, row)?.terms ?? confidenceAlone(scale, row)

/** The terms of a row, of two sides beside each other. */
export function termTable(scales: readonly ViewedScale[], row: number, names: readonly (Node | string)[]): HTMLElement {
  const terms = scales.map((scale) => termsAt(scale, row))
  const most = Math.max(...terms.flatMap((sums) => termNames.map((name) => sums[name])).filter(Number.isFinite), 0)
  const [first] = terms
  const line = (name: string, values: readonly number[], bars: readonly (Node | string)[]) => [
    name,
    ...values.map((x) => data(x)),
    ...(values.length === 2 ? [data((values[1] ?? 0) - (values[0] ?? 0))] : bars),
  ]
  const rows = termNames.map((name) =>
    line(
      termTitles[name],
      terms.map((sums) => sums[name]),
      [first ? bar(first[name], most) : ''],
    ),
  )
  const slopes = scales.map(({ cells }) => cells?.slope[row] ?? Number.NaN)
  const heads = names.length === 2 ? ['', ...names, 'Difference'] : ['', 'Value', '']
  const all = [
    ...rows,
    line('All terms, undivided', terms.map(total), ['']),
    line('Length of the gradient of the loss', slopes, ['']),
  ]
  return table('Terms', heads, all, 'terms')
}
