import type { Side, ViewedScale } from '../../viewed.js'
import { h } from '../dom/element.js'
import { data } from '../dom/spelt.js'
import { table } from '../dom/table.js'
import { short } from '../dom/text.js'
import { shownOf } from '../model/rows.js'

/** So many classes are read at once. */
const first = 6

/** Class logits of a row, those that pull most before the others. */
export function classNumbers(side: Side, scale: ViewedScale, row: number, id: string): HTMLElement {
  const shown = shownOf(scale, row)
  if (!shown) return h('p', { class: 'note' }, 'The class logits of this row are not in this page, which keeps those of positives, of rows near a true box and of the worst 200; with ', h('code', {}, '--full'), ' it keeps all.') // biome-ignore format: one row
  const entries = Array.from(shown.logits.subarray(5), (logit, c) => ({
    name: short(side.config.classes[c] ?? `class ${c}`, 40),
    logit,
    label: shown.labels?.[5 + c],
    gradient: shown.gradient[5 + c] ?? Number.NaN,
  })).sort((a, b) => Math.abs(b.gradient) - Math.abs(a.gradient) || b.logit - a.logit)
  if (!entries.length) return h('p', { class: 'note' }, 'There are no classes.')
  const rows = entries.map(({ name, logit, label, gradient }) => [
    name,
    data(logit, 4),
    label === undefined ? '–' : data(label, 4),
    data(gradient, 4),
  ])
  const heads = ['Class', 'Logit', 'Label', 'Gradient']
  const rest = rows.slice(first)
  return h(
    'div',
    {},
    table('Classes', heads, rows.slice(0, first), 'numbers'),
    ...(rest.length
      ? [h('details', { id }, h('summary', {}, `${rest.length} more classes`), table('More classes', heads, rest, 'numbers'))] // biome-ignore format: one row
      : []),
  )
}
