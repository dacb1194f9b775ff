import { h } from '../dom/element.js'
import { data, named } from '../dom/spelt.js'
import { number } from '../dom/text.js'
import { colourOf, css } from '../model/colours.js'
import { everyAnchor, mapOf } from '../model/maps.js'
import { coloursFor, imageOf, mapAt, type State, viewedScale } from '../model/state.js'

function ramp(state: State): HTMLElement {
  const colours = coloursFor(state)
  const stops = Array.from({ length: 17 }, (_, i) => css(colourOf(colours.ramp, i / 16)))
  const bar = h('div', { class: 'ramp', 'aria-hidden': 'true' })
  bar.style.background = `linear-gradient(to right, ${stops.join()})`
  const ticks = colours.ticks.map((x) => {
    const tick = h('span', { class: 'tick' }, number(x, 3))
    tick.style.left = `${colours.at(x) * 100}%`
    return tick
  })
  return h('div', { class: 'scale' }, bar, h('div', { class: 'ticks' }, ...ticks))
}

function meaning(state: State): string {
  const kind = mapOf(state.map)
  const colours = coloursFor(state)
  const way = colours.isLogarithmic ? 'logarithmic' : 'linear'
  const joined = { sum: 'added up', length: 'taken together', most: 'at their greatest' }[kind.join]
  const anchors = state.anchor === everyAnchor ? `, all anchors ${joined}` : ''
  const what = state.side === 'difference' ? `What the second side has more (orange) or less (blue) of ${kind.of}` : `${kind.of[0]?.toUpperCase()}${kind.of.slice(1)} at each cell` // biome-ignore format: one row
  return `${what}${anchors}; ${way}, one scale for all images and grids.`
}

const mark = (kind: string, text: string) => h('li', {}, h('i', { class: `mark ${kind}` }), text)

/** What colours and marks mean, and what the map adds up to. */
export function legend(state: State): (Node | string)[] {
  const viewed = viewedScale(state)
  const map = mapAt(state)
  const what = h(
    'p',
    { class: 'printed' },
    named(imageOf(state)?.name ?? ''),
    `, grid ${viewed?.columns} × ${viewed?.rows}`,
  )
  if (!viewed?.cells || !map) return [what, ...marksAlone(state)]
  const kind = mapOf(state.map)
  const sum = map.reduce((a, b) => a + b, 0)
  const total = kind.join === 'sum' ? [h('p', { class: 'map-sum' }, 'Sum of this map: ', data(sum))] : []
  return [what, ramp(state), h('p', {}, meaning(state)), ...total, ...marksAlone(state, map)]
}

function marksAlone(state: State, map?: Float64Array): Node[] {
  const cells = viewedScale(state)?.cells
  const hasBoxes = (imageOf(state)?.boxes.length ?? 0) > 0
  const marks = [
    ...(state.layers.boxes && hasBoxes ? [mark('true', 'true box, thin where it is of another grid')] : []),
    ...(state.layers.predictions && cells && hasBoxes ? [mark('predicted', 'its prediction')] : []),
    ...(cells?.hider.some((box) => box >= 0) ? [mark('hidden', 'hidden by the ignore mask')] : []),
    ...(map?.some(Number.isNaN) ? [mark('nan', 'not a number')] : []),
    ...(cells?.differs?.length ? [mark('unlike', 'the graph differs from the reference')] : []),
  ]
  return [h('ul', { class: 'marks' }, ...marks)]
}
