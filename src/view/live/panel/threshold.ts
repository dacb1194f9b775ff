import { h } from '../../client/dom/element.js'
import { sliderField } from './fields.js'
import type { Live } from './live.js'
import type { Part } from './report.js'

/** Changes the ignore threshold, for which a graph is built anew. */
export function thresholdPart(live: Live): Part {
  const range = { label: 'IoU', id: 'live-threshold', step: 'any' as const, min: 0 }
  const field = sliderField(range, [0, 1], (value, { goesOn, isSettled }) =>
    live.edit({ kind: 'threshold', value: Number(value.toFixed(4)) }, goesOn, isSettled),
  )
  const note = h(
    'p',
    {},
    'From this IoU with a true box on, a background cell is not punished. The graph is built anew.',
  )
  return {
    element: h('fieldset', {}, h('legend', {}, 'Ignore threshold'), field.element, note),
    show: () => field.show(live.batch.config.ignoreThreshold),
  }
}
