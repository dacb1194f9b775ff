import { h } from './element.js'

type Cell = Node | string

/** A table that scrolls by itself where it is too wide; the first cell of each row is its head. */
export function table(
  caption: Cell,
  heads: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  kind = '',
): HTMLElement {
  const head = h('tr', {}, ...heads.map((text) => h('th', { scope: 'col' }, text)))
  const body = rows.map(([first = '', ...rest]) =>
    h('tr', {}, h('th', { scope: 'row' }, first), ...rest.map((cell) => h('td', {}, cell))),
  )
  const title = typeof caption === 'string' ? caption : (caption.textContent ?? '')
  return h(
    'div',
    { class: `scroll ${kind}`.trim(), tabindex: 0, role: 'region', 'aria-label': title },
    h('table', {}, h('caption', {}, caption), h('thead', {}, head), h('tbody', {}, ...body)),
  )
}
