import type { Place, Side, View } from '../../viewed.js'
import { h } from '../dom/element.js'
import { data, named } from '../dom/spelt.js'
import { table } from '../dom/table.js'
import { type Comparison, comparison, isAlike } from '../model/compare.js'
import { largestTerm, mapOf, termTitles, total } from '../model/maps.js'
import { cellOf, rowCount, shownOf } from '../model/rows.js'
import { anchorName, cellName, roleOf } from '../model/words.js'
import { rowLink } from './links.js'

const many = 10

function where(side: Side, place: Place): (Node | string)[] {
  const image = side.images[place.image]
  const scale = image?.scales[place.scale]
  if (!image || !scale) return []
  const cell = cellOf(scale, place.row)
  const at = `${scale.columns} × ${scale.rows}, ${cellName(cell)}, anchor ${anchorName(scale.anchors[cell.anchor] ?? [0, 0])}`
  return [rowLink(place, at), named(image.name), roleOf(side, image, place.scale, place.row)]
}

function largest(side: Side, place: Place): string {
  const scale = side.images[place.image]?.scales[place.scale]
  const shown = scale && shownOf(scale, place.row)
  if (!shown) return termTitles.conf
  return termTitles[largestTerm(shown.terms)]
}

function worstOf(side: Side, isOne: boolean): HTMLElement | undefined {
  if (!side.worst.length) return undefined
  const rows = side.worst.slice(0, many).map((place) => {
    const scale = side.images[place.image]?.scales[place.scale]
    const shown = scale && shownOf(scale, place.row)
    const loss = shown ? total(shown.terms) : scale ? mapOf('loss').at(scale, place.row) : Number.NaN
    return [...where(side, place), data(loss, 4), largest(side, place)]
  })
  const name = isOne ? 'Rows with the greatest loss' : h('span', {}, 'Rows with the greatest loss: ', named(side.name))
  return table(name, ['Row', 'Image', 'What it is', 'Loss', 'Most of it'], rows, 'places')
}

/** Rows at which two sides are farthest apart. */
function apart({ sides: [a, b] }: View): { readonly place: Place; readonly before: number; readonly after: number }[] {
  const found: { place: Place; before: number; after: number; size: number }[] = []
  const loss = mapOf('loss')
  for (const [image, { scales }] of (a?.images ?? []).entries())
    for (const [s, scale] of scales.entries()) {
      const other = b?.images[image]?.scales[s]
      if (!scale.cells || !other?.cells || !isAlike(scale, other)) continue
      for (let row = 0; row < rowCount(scale); row++) {
        const [before, after] = [loss.at(scale, row), loss.at(other, row)]
        const size = Math.abs(after - before)
        if (size > 0 || Number.isNaN(before) !== Number.isNaN(after))
          found.push({ place: { image, scale: s, row }, before, after, size: Number.isNaN(size) ? Infinity : size })
      }
    }
  return found.sort((x, y) => y.size - x.size).slice(0, many)
}

/** Why there is no table of differences. */
const why: Readonly<Record<Comparison, string>> = {
  'one side': '',
  'no common cells': 'The two sides have no cells in common, so that they cannot be compared cell by cell.',
  'same numbers':
    'The reference has the same numbers for both sides in every cell; what their graphs make of them stands below.',
  differing: 'The two sides differ by less than the numbers of cells that the page keeps.',
}

function apartTable(view: View): HTMLElement | undefined {
  const [, second] = view.sides
  const found = second ? apart(view) : []
  if (!second || !found.length) return second && h('p', {}, why[comparison(view)])
  const rows = found.map(({ place, before, after }) => [
    ...where(second, place),
    data(before, 4),
    data(after, 4),
    data(after - before, 4),
  ])
  return table('Rows that differ most', ['Row', 'Image', 'What it is now', 'Before', 'After', 'Difference'], rows, 'places') // biome-ignore format: one row
}

/** Where to look first. */
export function worst(view: View): HTMLElement | undefined {
  // Of what is the same twice, once is enough.
  const sides = comparison(view) === 'same numbers' ? view.sides.slice(0, 1) : view.sides
  const tables = [apartTable(view), ...sides.map((side) => worstOf(side, sides.length === 1))]
  const some = tables.filter((table) => table !== undefined)
  return some.length ? h('section', {}, h('h2', { id: 'worst' }, 'Where to look first'), ...some) : undefined
}
