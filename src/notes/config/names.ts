import { printable } from '../../io/index.js'
import type { NoteKind } from '../note.js'

/** The names of the classes, as a file has them. */
export interface NamesSubject {
  readonly names: readonly string[]
  readonly file: string
}

/** What a line looks like that names no class. */
const looks: readonly (readonly [what: string, is: (line: string) => boolean])[] = [
  ['a key and its value', (line) => /^[\w-]+\s*[:=]($|\s)/.test(line) || /^[\w-]+=\S/.test(line)],
  ['an entry of a list', (line) => /^[-*]\s/.test(line) || /^["'[{].*["'\]},]$/.test(line)],
  ['a list in one line', (line) => line.split(/[,;\t]/).length > 2],
  ['a number', (line) => /^[+-]?(\d+\.?\d*|\.\d+)([\s,]+[\d.+-]+)*$/.test(line)],
  ['a comment', (line) => /^(#|\/\/)/.test(line)],
  ['an image', (line) => /\.(jpe?g|png|bmp|webp)\b/i.test(line)],
]

/** YAML, CSV or annotations in place of names, of which every line would count as a class. */
export const noNames: NoteKind<NamesSubject> = {
  code: 'no-class-names',
  what: 'a line looks like no name of a class, and each line counts as one',
  remedy: 'give a text file with the name of a class in each line, and nothing else',
  find: ({ names, file }) => {
    const odd = names.flatMap((line, i) => {
      const look = looks.find(([, is]) => is(line))
      return look ? [{ line, place: i + 1, look: look[0] }] : []
    })
    const [first, ...others] = odd
    if (!first) return undefined
    const values = { line: printable(first.line), 'looks like': first.look, classes: names.length }
    return { where: `${file}, line ${first.place}`, values, more: others.length }
  },
}
