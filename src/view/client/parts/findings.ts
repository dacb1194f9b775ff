import { escaped } from '../../../io/index.js'
import type { Finding, Side } from '../../viewed.js'
import { h } from '../dom/element.js'
import { named } from '../dom/spelt.js'
import { parted } from '../model/parted.js'
import { rowLink } from './links.js'

/** So many are read; the rest is there when asked for. */
const atOnce = 8

function item(side: Side, { text, image, place }: Finding): HTMLElement {
  const words = escaped(text)
  const where = image === undefined ? undefined : h('span', { class: 'note' }, ' in ', named(side.images[image]?.name ?? `image ${image}`)) // biome-ignore format: one row
  return h('li', {}, place ? rowLink(place, words) : words, where)
}

function list(side: Side, all: readonly Finding[], id: string): HTMLElement {
  const items = all.map((finding) => item(side, finding))
  const rest = items.slice(atOnce)
  return h(
    'div',
    { class: 'side' },
    h('ul', {}, ...items.slice(0, atOnce)),
    ...(rest.length
      ? [h('details', { id: `odd-${id}` }, h('summary', {}, `${rest.length} more`), h('ul', {}, ...rest))]
      : []),
  )
}

/** What is odd, in words, each linked to where it is; what is so in all sides comes first. */
export function findings(sides: readonly Side[]): HTMLElement | undefined {
  const { common, own } = parted(sides)
  const shared = common.length > 0 ? [list(sides[0] as Side, common, 'all')] : []
  const lists = sides.flatMap((side, i) => {
    const all = own[i] ?? []
    if (all.length === 0) return []
    return [...(sides.length === 1 ? [] : [h('h3', {}, named(side.name))]), list(side, all, String(i))]
  })
  return shared.length + lists.length > 0
    ? h('section', { class: 'findings' }, h('h2', { id: 'findings' }, 'What is odd'), ...shared, ...lists)
    : undefined
}
