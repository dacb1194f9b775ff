import type { ComparedOutput, Side } from '../../viewed.js'
import { h } from '../dom/element.js'
import { data, named } from '../dom/spelt.js'
import { table } from '../dom/table.js'
import { count, number } from '../dom/text.js'
import { cellOf } from '../model/rows.js'
import { differing } from '../model/state.js'
import { cellName } from '../model/words.js'
import { rowLink } from './links.js'

const row = ({ name, graph, reference, differing, of, differs }: ComparedOutput): (Node | string)[] => [
  named(name),
  data(graph, 7),
  data(reference, 7),
  data(graph - reference, 3),
  of === 1 ? '' : `${number(differing, 9)} of ${number(of, 9)}`,
  differs ? h('strong', { class: 'differs' }, '≠ differs') : 'agrees',
]

const many = 20

/** Links to the rows at which the graph differs. */
function rowsThatDiffer(side: Side): HTMLElement | undefined {
  const all = side.images.reduce((n, image) => n + image.scales.reduce((m, { cells }) => m + (cells?.differs?.length ?? 0), 0), 0) // biome-ignore format: one row
  if (all === 0) return undefined
  const links = differing(side, many).map((place) => {
    const image = side.images[place.image]
    const scale = image?.scales[place.scale]
    const cell = scale && cellName(cellOf(scale, place.row))
    return h('li', {}, rowLink(place, named(image?.name ?? ''), `, ${scale?.columns} × ${scale?.rows}, ${cell}`))
  })
  const more = all > many ? `, of which these are the first ${many}` : ''
  return h(
    'div',
    {},
    h('p', {}, `The graph differs at ${count(all, 'row')}${more}:`),
    h('ul', { class: 'rows' }, ...links),
  )
}

/** What a graph gave beside the reference. */
export function outputs(sides: readonly Side[]): HTMLElement | undefined {
  const all = sides.flatMap((side) => {
    if (!side.outputs?.length) return []
    const sorted = [...side.outputs].sort((a, b) => Number(b.differs) - Number(a.differs))
    const heads = ['Output', 'Graph', 'Reference', 'Graph − reference', 'Elements that differ', '']
    return [h('div', { class: 'side' }, table(h('span', {}, named(side.name), '; of maps the element that is farthest off'), heads, sorted.map(row), 'places'), rowsThatDiffer(side))] // biome-ignore format: one row
  })
  return all.length ? h('section', {}, h('h2', { id: 'graph' }, 'The graph beside the reference'), ...all) : undefined
}
