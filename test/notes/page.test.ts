import { expect, it } from 'vitest'
import { kinds } from '../../src/notes/table.js'
import { paper } from '../papers/markdown.js'

const page = paper('src/notes/README.md').text

/** A row for each record, in the order of the table. */
const rows = Object.values(kinds)
  .flat()
  .map(({ code, what, remedy }) => `| \`${code}\` | ${what} | ${remedy} |`)

it('the page of the notes has a row for each kind, in its words', () => {
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows)
})

it('no two kinds have one code', () => {
  expect(new Set(rows.map((row) => row.split('|')[1])).size).toBe(rows.length)
})
