import { h } from '../dom/element.js'

export interface Choice<T> {
  readonly value: T
  readonly text: string
  readonly id: string
}

/** One of a few, side by side: radio buttons, so that arrow keys go through them. */
export function choose<T>(name: string, choices: readonly Choice<T>[], chosen: T, on: (value: T) => void): HTMLElement {
  const options = choices.map(({ value, text, id }) =>
    h(
      'label',
      { class: 'choice' },
      h('input', { type: 'radio', name: `choose-${name}`, id, checked: value === chosen, onchange: () => on(value) }),
      h('span', {}, text),
    ),
  )
  return h('fieldset', { class: 'choices' }, h('legend', {}, name), h('div', { class: 'row' }, ...options))
}
