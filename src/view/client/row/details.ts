import type { Side, ViewedScale } from '../../viewed.js'
import { h } from '../dom/element.js'
import { data, named } from '../dom/spelt.js'
import { table } from '../dom/table.js'
import { number } from '../dom/text.js'
import { isAlike } from '../model/compare.js'
import { cellOf, differsAt, predictedBy, shownOf } from '../model/rows.js'
import { imageOf, type State, sideOf, viewedScale } from '../model/state.js'
import type { Store } from '../model/store.js'
import { anchorName, cellName, roleOf } from '../model/words.js'
import { anchorsHere } from './anchors.js'
import { classNumbers } from './classes.js'
import { boxNumbers, termTable } from './numbers.js'

/** The same row on every side that has it. */
function everySide(state: State): { readonly side: Side; readonly scale: ViewedScale }[] {
  const own = viewedScale(state)
  return state.view.sides.flatMap((side) => {
    const scale = side.images[state.image]?.scales[state.scale]
    return scale && own && isAlike(scale, own) ? [{ side, scale }] : []
  })
}

/** What a graph gave for a row, and whether that is beyond its tolerance. */
function graphNumbers(side: Side, scale: ViewedScale, row: number, isOne: boolean): HTMLElement | undefined {
  const graph = shownOf(scale, row)?.graph
  const differs = differsAt(scale, row)
  if (!graph && !differs) return undefined
  const title = isOne ? 'Of the graph' : h('span', {}, 'Of ', named(side.name))
  const rows = Object.entries(graph ?? {}).map(([name, x]) => [named(name), data(x)])
  return h(
    'div',
    {},
    ...(differs ? [h('p', {}, h('strong', { class: 'differs' }, '≠ An output of the graph differs here from the reference.'))] : []), // biome-ignore format: one row
    ...(rows.length ? [table(title, ['', 'Value'], rows, 'numbers')] : []),
  )
}

function numbersOf({ side, scale }: { side: Side; scale: ViewedScale }, row: number, i: number, isOne: boolean) {
  return h(
    'div',
    { class: 'side' },
    ...(isOne ? [] : [h('h4', {}, named(side.name))]),
    boxNumbers(scale, row),
    predicted(side, scale, row),
    classNumbers(side, scale, row, `classes-${i}`),
    graphNumbers(side, scale, row, isOne),
  )
}

function predicted({ config }: Side, scale: ViewedScale, row: number): HTMLElement {
  const corners = predictedBy(scale, row, config.input).map((x) => number(x, 4))
  return h('p', { class: 'note' }, `Predicts ${corners.join(', ')} (left, top, right, bottom in pixels).`)
}

/** All that is known of the selected row. */
export function details(state: State, store: Store): Node[] {
  const [side, image, scale, { row }] = [sideOf(state), imageOf(state), viewedScale(state), state]
  if (!image || !scale || row === undefined) return [h('h3', {}, 'No cell'), h('p', { class: 'note' }, 'There is nothing to select.')] // biome-ignore format: one row
  const cell = cellOf(scale, row)
  const name = cellName(cell)
  const head = [
    h('h3', {}, `${name[0]?.toUpperCase()}${name.slice(1)}`),
    h('p', { class: 'note' }, `Grid ${scale.columns} × ${scale.rows}, anchor ${anchorName(scale.anchors[cell.anchor] ?? [0, 0])}, flat index ${row}`), // biome-ignore format: one row
    h('p', { class: 'role' }, `This row is ${roleOf(side, image, state.scale, row)}.`),
  ]
  if (!scale.cells) return [...head, anchorsHere(state, store, side, image, scale)]
  const all = everySide(state)
  const isOne = state.view.sides.length === 1
  return [
    ...head,
    termTable(all.map(({ scale }) => scale), row, all.map(({ side }) => named(side.name))), // biome-ignore format: one row
    anchorsHere(state, store, side, image, scale),
    ...all.map((each, i) => numbersOf(each, row, i, isOne)),
  ]
}
