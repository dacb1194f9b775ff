import type { Group, Side, Sums } from '../../viewed.js'
import { h } from '../dom/element.js'
import { data, named } from '../dom/spelt.js'
import { table } from '../dom/table.js'
import { number } from '../dom/text.js'
import { mapSum, termNames, termTitles, total } from '../model/maps.js'

const heads = ['', ...termNames.map((name) => termTitles[name]), 'All terms']

const numbers = (sums: Sums): Node[] => [...termNames.map((name) => data(sums[name])), data(total(sums))]

const sumsOf = (of: (name: keyof Sums) => number): Sums => ({
  xy: of('xy'),
  wh: of('wh'),
  conf: of('conf'),
  class: of('class'),
})

/** Exact sums, and below each what the heat maps add up to. */
function byScale(side: Side, scales: readonly Sums[]): HTMLElement {
  const maps = scales.map((_, s) => sumsOf((term) => mapSum(side.images, s, term)))
  const added = (all: readonly Sums[]) => sumsOf((term) => all.reduce((sum, one) => sum + one[term], 0))
  const named = scales.map((sums, s) => ({ name: gridOf(side, s), sums, map: maps[s] as Sums }))
  const all = [...named, { name: 'All scales', sums: added(scales), map: added(maps) }]
  const rows = all.flatMap(({ name, sums, map }) => [
    [h('span', { class: 'exact' }, name), ...numbers(sums)],
    [h('span', { class: 'map' }, 'sum of the map'), ...numbers(map)],
  ])
  return table('By scale, summed over the batch: exact, and as the heat maps add up', heads, rows, 'sums')
}

function gridOf({ images }: Side, s: number): string {
  const { rows, columns } = images[0]?.scales[s] ?? {}
  return rows === undefined ? `Scale ${s}` : `Scale ${s}, ${columns} × ${rows}`
}

/** Of eighty classes few say most. */
const atOnce = 10

const byGroup = (caption: string, id: string, groups: readonly Group[]): HTMLElement => {
  const rows = groups.map((group) => [named(group.name), number(group.positives, 9), ...numbers(group)])
  const titles = ['', 'Positives', ...heads.slice(1)]
  const rest = rows.slice(atOnce)
  const more = () =>
    h('details', { id }, h('summary', {}, `${rest.length} more`), table(`${caption}, the rest`, titles, rest, 'groups'))
  return h('div', {}, table(caption, titles, rows.slice(0, atOnce), 'groups'), ...(rest.length ? [more()] : []))
}

function sideSums(side: Side, isOne: boolean, index: number): HTMLElement | undefined {
  const { sums } = side
  if (!sums) return undefined
  const classes = sums.classes.filter(({ positives }) => positives > 0)
  return h(
    'div',
    { class: 'side' },
    ...(isOne ? [] : [h('h3', {}, named(side.name))]),
    byScale(side, sums.scales),
    ...(classes.length ? [byGroup('Positives by class', `classes-of-${index}`, classes)] : []),
    ...(sums.sizes.length ? [byGroup('Positives by size of the true box', `sizes-of-${index}`, sums.sizes)] : []),
  )
}

const divided = (by = 1): string => (Number.isNaN(by) ? '' : by === 1 ? ', which are the loss' : `; divided by ${number(by)} they are the loss`) // biome-ignore format: one row

const withoutRefused = (sides: readonly Side[]): string =>
  sides.some(({ images }) => images.some(({ refused }) => refused))
    ? 'They leave refused boxes out, which make the loss of their images NaN. '
    : ''

/** What the loss is made of. */
export function sums(sides: readonly Side[]): HTMLElement | undefined {
  if (!sides.some((side) => side.sums)) return undefined
  return h(
    'section',
    {},
    h('h2', { id: 'sums' }, 'Terms'),
    h(
      'p',
      { class: 'note' },
      `Sums over the batch${divided(sides[0]?.batch)}. ${withoutRefused(sides)}Heat maps keep eleven bits of the confidence term of each row, so that their sums agree to about 0.05\u202f%.`,
    ),
    h('div', { class: `sides of-${sides.length}` }, ...sides.map((side, i) => sideSums(side, sides.length === 1, i))),
  )
}
