import type { ViewedImage } from '../../viewed.js'
import { h } from '../dom/element.js'
import { number, short } from '../dom/text.js'
import { isComparable } from '../model/compare.js'
import { everyAnchor, lossOfImage, type MapName, mapKinds } from '../model/maps.js'
import { imageOf, type Layer, type State, sideOf, viewedScale } from '../model/state.js'
import type { Store } from '../model/store.js'
import { anchorName } from '../model/words.js'
import { choose } from './choices.js'

const optionTexts = new WeakMap<readonly ViewedImage[], readonly string[]>()

function textsOf(images: readonly ViewedImage[]): readonly string[] {
  const known =
    optionTexts.get(images) ??
    images.map((image, i) => {
      const loss = image.scales.some(({ cells }) => cells) ? `, loss ${number(lossOfImage(image), 4)}` : ''
      return `${short(image.name)} (${i + 1} of ${images.length})${loss}`
    })
  optionTexts.set(images, known)
  return known
}

function images(state: State, store: Store): HTMLElement {
  const all = sideOf(state).images
  const options = textsOf(all).map((text, i) => h('option', { value: i, selected: i === state.image }, text))
  const go = (by: number) => () => store.set({ image: (state.image + by + all.length) % all.length })
  const onchange = (event: Event) => store.set({ image: Number((event.target as HTMLSelectElement).value) })
  const step = (id: string, name: string, text: string, by: number) =>
    h('button', { type: 'button', id, 'aria-label': name, disabled: all.length < 2, onclick: go(by) }, text)
  return h(
    'div',
    { class: 'images' },
    h('label', { for: 'image' }, 'Image'),
    h(
      'div',
      { class: 'row' },
      step('image-before', 'Image before', '‹', -1),
      h('select', { id: 'image', onchange }, ...options),
      step('image-after', 'Next image', '›', 1),
    ),
  )
}

const sideChoices = ({ view }: State) => [
  ...view.sides.map(({ name }, i) => ({ value: i, text: short(name), id: `side-${i}` })),
  ...(isComparable(view) ? [{ value: 'difference' as const, text: 'Difference', id: 'side-difference' }] : []),
]

const layerNames: readonly (readonly [Layer, string])[] = [
  ['picture', 'Picture'],
  ['map', 'Heat map'],
  ['grid', 'Grid'],
  ['boxes', 'True boxes'],
  ['predictions', 'Predictions'],
]

function strength(state: State, store: Store): HTMLElement {
  const onchange = (event: Event) => store.set({ strength: Number((event.target as HTMLInputElement).value) })
  const range = { type: 'range', id: 'strength', min: 0, max: 1, step: 0.05, value: state.strength, onchange }
  return h('label', { class: 'strength' }, 'Heat over picture', h('input', range))
}

const isThere = (state: State, layer: Layer): boolean => {
  if (layer === 'picture') return imageOf(state)?.picture !== undefined
  return !['map', 'predictions'].includes(layer) || viewedScale(state)?.cells !== undefined
}

function layers(state: State, store: Store): HTMLElement {
  const boxes = layerNames
    .filter(([layer]) => isThere(state, layer))
    .map(([layer, text]) => {
      const onchange = () => store.set({ layers: { ...state.layers, [layer]: !state.layers[layer] } })
      const box = h('input', { type: 'checkbox', id: `layer-${layer}`, checked: state.layers[layer], onchange })
      return h('label', { class: 'choice' }, box, h('span', {}, text))
    })
  const covers = imageOf(state)?.picture && viewedScale(state)?.cells && state.layers.map && state.layers.picture
  const all = [...boxes, ...(covers ? [strength(state, store)] : [])]
  return h('fieldset', { class: 'choices' }, h('legend', {}, 'Show'), h('div', { class: 'row' }, ...all))
}

function anchors(state: State, store: Store): HTMLElement {
  const all = viewedScale(state)?.anchors ?? []
  const each = all.map((anchor, value) => ({ value, text: anchorName(anchor), id: `anchor-${value}` }))
  const choices = [{ value: everyAnchor, text: 'All', id: 'anchor-all' }, ...each]
  return choose('Anchor', choices, state.anchor, (anchor) => {
    const row = state.row ?? 0
    store.set({ anchor, row: anchor === everyAnchor ? row : row - (row % all.length) + anchor })
  })
}

/** What is to be seen: which image, which grid, which numbers. */
export function controls(state: State, store: Store): HTMLElement {
  const scales = imageOf(state)?.scales ?? []
  const grids = scales.map(({ rows, columns }, value) => ({
    value,
    text: `${columns} × ${rows}`,
    id: `scale-${value}`,
  }))
  const maps = mapKinds.map(({ name, title }) => ({ value: name, text: title, id: `map-${name}` }))
  return h(
    'form',
    { class: 'controls', 'aria-label': 'What to see', onsubmit: (event: Event) => event.preventDefault() },
    images(state, store),
    ...(state.view.sides.length > 1 ? [choose('Side', sideChoices(state), state.side, (side) => store.set({ side }))] : []), // biome-ignore format: one row
    ...(viewedScale(state)?.cells ? [choose<MapName>('Heat map', maps, state.map, (map) => store.set({ map }))] : []),
    choose('Grid', grids, state.scale, (scale) => store.set({ scale })),
    anchors(state, store),
    layers(state, store),
  )
}
