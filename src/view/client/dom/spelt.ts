import { h } from './element.js'
import { inert, number } from './text.js'

/** A name from a file as an element whose direction of writing is its own. */
export const named = (text: string): HTMLElement => h('bdi', {}, inert(text))

/** A number as an element that keeps all of the number. */
export const data = (x: number, digits = 5): HTMLElement => h('data', { value: x, title: String(x) }, number(x, digits))
