import { h } from '../../client/dom/element.js'
import { typed } from './typed.js'

/** How a number may be given. */
export interface Range {
  readonly label: string
  readonly id: string
  readonly step: number | 'any'
  readonly min?: number
  readonly max?: number
}

/** A place for a number: what it shows is set from outside, and what is typed goes out. */
export interface NumberField {
  readonly element: HTMLElement
  /** Puts a number there, unless somebody is typing another. */
  show(value: number | undefined): void
}

type Changed = (value: number, how: { readonly goesOn: boolean; readonly isSettled: boolean }) => void

/** A field to type a number into. */
export function numberField({ label, id, step, min, max }: Range, changed: Changed): NumberField {
  const input = h('input', { type: 'number', id, step, min, max, inputmode: 'decimal' })
  input.addEventListener('change', () => {
    if (input.value !== '' && Number.isFinite(input.valueAsNumber))
      changed(input.valueAsNumber, { goesOn: false, isSettled: true })
  })
  return {
    element: h('label', { class: 'live-field', for: id }, h('span', {}, label), input),
    show: (value) => fill(input, value),
  }
}

/** The same beside a slider, of which a drag counts as one change. */
export function sliderField(range: Range, span: readonly [number, number], changed: Changed): NumberField {
  const field = numberField(range, changed)
  const [min, max] = span
  const slider = h('input', { type: 'range', id: `${range.id}-slider`, min, max, step: range.step, 'aria-label': `${range.label}, slider` }) // biome-ignore format: one row
  let goesOn = false
  slider.addEventListener('input', () => {
    changed(slider.valueAsNumber, { goesOn, isSettled: false })
    goesOn = true
  })
  slider.addEventListener('change', () => {
    changed(slider.valueAsNumber, { goesOn, isSettled: true })
    goesOn = false
  })
  return {
    element: h('div', { class: 'live-slider' }, field.element, slider),
    show(value) {
      field.show(value)
      slider.disabled = value === undefined
      if (value !== undefined && !goesOn) slider.value = String(value)
    },
  }
}

function fill(input: HTMLInputElement, value: number | undefined): void {
  input.disabled = value === undefined
  if (document.activeElement === input && input.validity.badInput) return
  const { value: text, placeholder } = typed(value)
  input.placeholder = placeholder
  if (text === '') input.value = ''
  else if (Number(input.value) !== Number(text) || input.value === '') input.value = text
}

/** A list to choose from. */
export interface Choice {
  readonly element: HTMLElement
  show(texts: readonly string[], chosen: number): void
}

export function choiceOf(label: string, id: string, chosen: (index: number) => void): Choice {
  const select = h('select', { id })
  select.addEventListener('change', () => chosen(select.selectedIndex))
  let shown = ''
  return {
    element: h('label', { class: 'live-field live-choice', for: id }, h('span', {}, label), select),
    show(texts, index) {
      const next = texts.join('\n')
      if (next !== shown) select.replaceChildren(...texts.map((text) => h('option', {}, text)))
      shown = next
      select.selectedIndex = index
      select.disabled = texts.length === 0
    },
  }
}

/** Something to press. */
export function button(id: string, text: string, press: () => void): HTMLButtonElement {
  const element = h('button', { type: 'button', id }, text)
  element.addEventListener('click', press)
  return element
}
