import { expect, it } from 'vitest'
import { xml } from '../../src/io/xml.js'

it('spells out what would hide text, turn its direction or command a terminal, and keeps line ends', () => {
  expect(xml('a\u001b[31m \u009b31m \u202eb \u200b \ud800')).toBe(
    'a\\u{1b}[31m \\u{9b}31m \\u{202e}b \\u{200b} \\u{d800}',
  )
  expect(xml('<a>\n\t"é漢😀"')).toBe('&lt;a&gt;&#10;&#9;&quot;é漢😀&quot;')
})
