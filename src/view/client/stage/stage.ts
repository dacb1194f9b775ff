import { escaped } from '../../../io/index.js'
import { h, replace } from '../dom/element.js'
import { number } from '../dom/text.js'
import { mapOf } from '../model/maps.js'
import { imageOf, mapAt, type State, sideOf, viewedScale } from '../model/state.js'
import type { Store } from '../model/store.js'
import { sentenceOf } from '../model/words.js'
import { heat } from './heat.js'
import { labels } from './labels.js'
import { marks } from './marks.js'
import { afterKey, rowAt } from './steps.js'

/** Under the pointer, as row of the scale. */
function rowUnder(state: State, element: Element, event: MouseEvent): number | undefined {
  const scale = viewedScale(state)
  const { left, top, width, height } = element.getBoundingClientRect()
  if (!scale) return undefined
  const part = (x: number, size: number, n: number) => Math.floor((x / size) * n)
  return rowAt(state, part(event.clientX - left, width, scale.columns), part(event.clientY - top, height, scale.rows))
}

const told = (state: State, row: number): string => {
  const image = imageOf(state)
  return image ? sentenceOf(sideOf(state), image, state.scale, row) : ''
}

function draw(place: HTMLElement, state: State): void {
  const [image, scale, map] = [imageOf(state), viewedScale(state), mapAt(state)]
  const [height, width] = sideOf(state).config.input
  place.style.aspectRatio = `${width} / ${height}`
  // As wide as it may be without being higher than the window.
  place.style.setProperty('--ratio', String(width / height))
  place.style.setProperty('--strength', String(state.strength))
  place.classList.toggle('bare', !image?.picture || !state.layers.picture)
  place.classList.toggle('covered', map !== undefined && state.layers.map)
  const name = `Cells of ${escaped(image?.name ?? 'no image')}, grid ${scale?.columns} × ${scale?.rows}, ${mapOf(state.map).of}` // biome-ignore format: one row
  place.setAttribute('aria-label', name)
  const picture = state.layers.picture && image?.picture?.startsWith('data:image/') ? h('img', { src: image.picture, alt: '', decoding: 'sync' }) : undefined // biome-ignore format: one row
  replace(
    place,
    picture,
    scale && map && state.layers.map ? heat(state, scale, map) : undefined,
    image && marks(state, image, map),
    image && labels(state, image),
  )
}

/** Follows the pointer, the keys and the state. */
function widget(store: Store, tip: HTMLElement): HTMLElement {
  const onpointermove = (event: PointerEvent) => {
    const row = event.pointerType === 'mouse' ? rowUnder(store.get(), place, event) : undefined
    tip.hidden = row === undefined
    if (row !== undefined) show(tip, store.get(), row, event, place)
  }
  const onpointerleave = () => {
    tip.hidden = true
  }
  const onclick = (event: MouseEvent) => {
    const row = rowUnder(store.get(), place, event)
    if (row !== undefined) store.set({ row })
  }
  const onkeydown = (event: KeyboardEvent) => {
    const change = event.altKey || event.ctrlKey || event.metaKey ? undefined : afterKey(store.get(), event.key)
    if (!change) return
    event.preventDefault()
    store.set(change)
  }
  const means = { role: 'application', 'aria-roledescription': 'grid of cells', 'aria-describedby': 'stage-hint' }
  const follows = { onclick, onkeydown, onpointermove, onpointerleave }
  const place = h('div', { class: 'stage', id: 'stage', tabindex: 0, ...means, ...follows })
  return place
}

/** The picture with all that lies over it: one widget, in which arrow keys go from cell to cell. */
export function stage(store: Store): HTMLElement {
  const tip = h('div', { class: 'tip', 'aria-hidden': 'true', hidden: true })
  const hint = h('p', { class: 'note hint', id: 'stage-hint' }, 'Arrow keys go from cell to cell, Home and End to the ends of a row, Page up and Page down from anchor to anchor.') // biome-ignore format: one row
  const live = h('p', { class: 'visually-hidden', 'aria-live': 'polite' })
  const place = widget(store, tip)
  store.draw((state, before) => {
    draw(place, state)
    if (before && state.row !== undefined) live.textContent = told(state, state.row)
  })
  return h('div', { class: 'stage-frame' }, place, tip, live, hint)
}

/** What is under the pointer, beside it. */
function show(tip: HTMLElement, state: State, row: number, event: MouseEvent, place: Element): void {
  const { left, top, width } = place.getBoundingClientRect()
  const [x, y] = [event.clientX - left, event.clientY - top]
  const kind = mapOf(state.map)
  const scale = viewedScale(state)
  const cells = scale?.cells
  const logits = cells && [0, 1, 2, 3].map((k) => number(cells.box[row * 4 + k] ?? Number.NaN, 3)).join(', ')
  tip.replaceChildren(
    h('p', {}, told(state, row)),
    ...(cells && scale ? [h('p', {}, `${kind.title} ${number(kind.at(scale, row), 4)}; t_x, t_y, t_w, t_h ${logits}; t_o ${number(cells.objectness[row] ?? Number.NaN, 3)}`)] : []), // biome-ignore format: one row
  )
  tip.style.top = `${y + 18}px`
  tip.style.left = x > width / 2 ? '' : `${x + 12}px`
  tip.style.right = x > width / 2 ? `${width - x + 12}px` : ''
}
