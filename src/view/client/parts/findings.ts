import type { Finding, Side } from '../../viewed.js'
import { h } from '../dom/element.js'
import { named } from '../dom/spelt.js'
import { inert } from '../dom/text.js'
import { rowLink } from './links.js'

/** So many are read; the rest is there when asked for. */
const atOnce = 8

function item(side: Side, { text, image, place }: Finding): HTMLElement {
  const words = inert(text)
  const where = image === undefined ? undefined : h('span', { class: 'note' }, ' in ', named(side.images[image]?.name ?? `image ${image}`)) // biome-ignore format: one row
  return h('li', {}, place ? rowLink(place, words) : words, where)
}

function list(side: Side, index: number): HTMLElement {
  const items = side.findings.map((finding) => item(side, finding))
  const rest = items.slice(atOnce)
  return h(
    'div',
    { class: 'side' },
    h('ul', {}, ...items.slice(0, atOnce)),
    ...(rest.length
      ? [h('details', { id: `odd-${index}` }, h('summary', {}, `${rest.length} more`), h('ul', {}, ...rest))]
      : []),
  )
}

/** What is odd, in words, each linked to where it is. */
export function findings(sides: readonly Side[]): HTMLElement | undefined {
  const lists = sides.flatMap((side, i) => {
    if (!side.findings.length) return []
    return [...(sides.length === 1 ? [] : [h('h3', {}, named(side.name))]), list(side, i)]
  })
  return lists.length
    ? h('section', { class: 'findings' }, h('h2', { id: 'findings' }, 'What is odd'), ...lists)
    : undefined
}
