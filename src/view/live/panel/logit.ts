import { h } from '../../client/dom/element.js'
import { type LogitPlace, logitAt } from '../batch/logits.js'
import { choiceOf, sliderField } from './fields.js'
import type { Live } from './live.js'
import type { Names } from './names.js'
import type { Part } from './report.js'

type Row = Omit<LogitPlace, 'channel'>

const objectness = 4

/** Logits of more do not change a sigmoid that anybody can see. */
const span = [-15, 15] as const

/** Changes a logit of the row that is selected on the page. @param first the row to begin with */
export function logitPart(live: Live, names: Names, first: Row | undefined): Part {
  let row = first
  let channel = objectness
  const placeOf = (): LogitPlace | undefined => row && { ...row, channel }
  const which = h('p', { id: 'live-row' })
  const choice = choiceOf('Logit', 'live-channel', (index) => {
    channel = index
    show()
  })
  const range = { label: 'Value', id: 'live-logit', step: 0.01 }
  const value = sliderField({ ...range, step: 'any' }, span, (x, { goesOn, isSettled }) => {
    const place = placeOf()
    if (place) live.edit({ kind: 'logit', place, value: x }, goesOn, isSettled)
  })
  function show(): void {
    const place = placeOf()
    which.textContent = row ? names.row(row) : 'Select a cell on the page.'
    choice.show(row ? names.channels : [], channel)
    value.show(place && logitAt(live.batch, place))
  }
  document.addEventListener('yolo-row', (event) => {
    row = (event as CustomEvent<Row>).detail
    show()
  })
  const legend = h('legend', {}, 'A logit of the selected cell')
  return { element: h('fieldset', {}, legend, which, choice.element, value.element), show }
}
