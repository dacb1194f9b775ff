import { escaped, expectArguments, must, spellNumber, withRemedy } from '../io/index.js'
import type { Note } from './note.js'
import { whatOf } from './table.js'

const spelled = ([name, value]: [string, string | number]): string =>
  `${name} ${typeof value === 'string' || Number.isInteger(value) ? value : spellNumber('float32', Math.fround(value))}`

const ofNote = must.having({ code: must.text, where: must.text, values: must.record, remedy: must.text })

/**
 * A note in words, its remedy on a line of its own.
 * @returns `labels.npz, y_true_0[0,6,6,0]: the label looks like … (x 208, y 208, w 90, h 60; 11 more such)`
 */
export function noteText(note: Note): string {
  expectArguments('noteText', { note: ofNote }, { note })
  const { code, where, values, remedy, more } = note
  const told = Object.entries(values).map(spelled).join(', ')
  const inside = [...(told ? [told] : []), ...(more ? [`${more} more such`] : [])].join('; ')
  return withRemedy(escaped(`${where}: ${whatOf[code] ?? code}${inside ? ` (${inside})` : ''}`), remedy)
}
