import type { ComparedOutput, Side } from '../../viewed.js'
import { h } from '../dom/element.js'
import { table } from '../dom/table.js'
import { data, named, number } from '../dom/text.js'

const row = ({ name, graph, reference, differing, of, differs }: ComparedOutput): (Node | string)[] => [
  named(name),
  data(graph, 7),
  data(reference, 7),
  data(graph - reference, 3),
  of === 1 ? '' : `${number(differing, 9)} of ${number(of, 9)}`,
  differs ? h('strong', { class: 'differs' }, '≠ differs') : 'agrees',
]

/** What a graph gave beside the reference. */
export function outputs(sides: readonly Side[]): HTMLElement | undefined {
  const all = sides.flatMap((side) => {
    if (!side.outputs?.length) return []
    const sorted = [...side.outputs].sort((a, b) => Number(b.differs) - Number(a.differs))
    const heads = ['Output', 'Graph', 'Reference', 'Graph − reference', 'Elements that differ', '']
    return [h('div', { class: 'side' }, table(h('span', {}, named(side.name), '; of maps the element that is farthest off'), heads, sorted.map(row)))] // biome-ignore format: one row
  })
  return all.length ? h('section', {}, h('h2', { id: 'graph' }, 'The graph beside the reference'), ...all) : undefined
}
