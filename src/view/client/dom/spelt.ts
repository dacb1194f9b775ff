import { escaped } from '../../../io/index.js'
import { h } from './element.js'
import { number } from './text.js'

/** A name from a file as an element whose direction of writing is its own. */
export const named = (text: string): HTMLElement => h('bdi', {}, escaped(text))

/** A number as an element that keeps all of the number. */
export const data = (x: number, digits = 5): HTMLElement => h('data', { value: x, title: String(x) }, number(x, digits))
