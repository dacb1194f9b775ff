import { escaped } from '../../io/index.js'
import type { Place, View } from '../viewed.js'
import { h, replace } from './dom/element.js'
import { named } from './dom/spelt.js'
import { rowLinks } from './follow.js'
import { type State, sideOf } from './model/state.js'
import { type Store, storeOf } from './model/store.js'
import { boxTable } from './parts/boxes.js'
import { controls } from './parts/controls.js'
import { findings } from './parts/findings.js'
import { histograms } from './parts/histogram.js'
import { legend } from './parts/legend.js'
import { mapTable } from './parts/maptable.js'
import { outputs } from './parts/outputs.js'
import { summary } from './parts/summary.js'
import { sums } from './parts/sums.js'
import { verdict } from './parts/verdict.js'
import { worst } from './parts/worst.js'
import { details } from './row/details.js'
import { stage } from './stage/stage.js'

/** What a page tells whoever listens: the row that has been selected. */
export type RowEvent = CustomEvent<Place>

const stores = new WeakMap<Element, Store>()

/** A place that is drawn anew when the state changes, or with `ofView` when the view does. */
function drawn<E extends HTMLElement>(store: Store, place: E, draw: (state: State) => void, ofView = false): E {
  store.draw((state, before) => {
    if (!ofView || state.view !== before?.view) draw(state)
  })
  return place
}

function part(store: Store, of: (view: View) => Node | undefined): HTMLElement {
  const place = h('div', { class: 'part' })
  return drawn(store, place, ({ view }) => replace(place, of(view)), true)
}

function head(store: Store): HTMLElement {
  const title = h('h1')
  const made = h('p', { class: 'note' })
  const draw = ({ view }: State) => {
    title.replaceChildren(named(view.title))
    made.textContent = escaped(view.made)
    document.title = escaped(view.title)
  }
  return drawn(store, h('header', {}, title, made), draw, true)
}

function viewer(store: Store): HTMLElement {
  const [choices, caption, table, boxes] = [h('div'), h('figcaption', { class: 'legend' }), h('div'), h('div')]
  const title = h('h2', { id: 'where' })
  const pane = h('aside', { class: 'details', 'aria-label': 'The selected row' })
  const place = h(
    'section',
    { class: 'viewer', id: 'viewer' },
    title,
    choices,
    h('div', { class: 'panes' }, h('figure', { class: 'picture' }, stage(store), caption), pane),
    boxes,
    table,
  )
  return drawn(store, place, (state) => {
    title.textContent = sideOf(state).loss === undefined ? 'Where the boxes go' : 'Where the loss comes from'
    replace(choices, controls(state, store))
    replace(caption, ...legend(state))
    replace(pane, ...details(state, store))
    replace(boxes, boxTable(state))
    replace(table, mapTable(state))
  })
}

/**
 * Shows a view in `root`. Shown again with another view, the page keeps what is selected (image, scale, anchor, map, row)
 * as far as that view has it. `root` tells of rows that are selected by a bubbling `yolo-row` (`RowEvent`).
 */
export function show(view: View, root: HTMLElement): void {
  const known = stores.get(root)
  if (known) known.set({ view })
  else open(view, root)
}

function open(view: View, root: HTMLElement): void {
  const store = storeOf(view, (detail) => root.dispatchEvent(new CustomEvent('yolo-row', { bubbles: true, detail })))
  stores.set(root, store)
  root.replaceChildren(
    head(store),
    part(store, ({ sides }) => verdict(sides)),
    part(store, ({ sides }) => summary(sides)),
    part(store, ({ sides }) => findings(sides)),
    viewer(store),
    part(store, worst),
    part(store, ({ sides }) => outputs(sides)),
    part(store, ({ sides }) => sums(sides)),
    part(store, ({ sides }) => histograms(sides)),
  )
  rowLinks(root, store)
}
