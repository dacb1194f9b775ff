import { h } from '../dom/element.js'
import { data } from '../dom/spelt.js'
import { table } from '../dom/table.js'
import { mapOf } from '../model/maps.js'
import { mapAt, type State, viewedScale } from '../model/state.js'
import { cellName } from '../model/words.js'
import { rowAt } from '../stage/steps.js'
import { rowLink } from './links.js'

const many = 20

/** The heat map in words: where it is greatest. */
export function mapTable(state: State): HTMLElement | undefined {
  const [map, scale] = [mapAt(state), viewedScale(state)]
  if (!map || !scale) return undefined
  const size = (x: number) => (Number.isNaN(x) ? Number.POSITIVE_INFINITY : Math.abs(x))
  const cells = [...map.entries()].filter(([, x]) => x !== 0).sort(([, a], [, b]) => size(b) - size(a))
  const rows = cells.slice(0, many).map(([cell, x]) => {
    const [column, line] = [cell % scale.columns, Math.floor(cell / scale.columns)]
    const row = rowAt(state, column, line) ?? 0
    const name = cellName({ column, line, anchor: 0 })
    return [rowLink({ image: state.image, scale: state.scale, row }, name), data(x)]
  })
  const kind = mapOf(state.map)
  return h(
    'details',
    { id: 'map-table' },
    h('summary', {}, `This map as a table: its ${Math.min(many, cells.length)} greatest cells of ${map.length}`),
    table(`Cells by ${kind.of}`, ['Cell', kind.title], rows, 'numbers'),
  )
}
