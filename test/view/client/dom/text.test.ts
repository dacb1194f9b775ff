import { describe, expect, it } from 'vitest'
import { count, number, percent, short } from '../../../../src/view/client/dom/text.js'

describe('a name from a file', () => {
  it('shows what would act on the text around it as code points', () => {
    expect(short('a\u202eb\u2069\u0000\u001b[0m\u200b\u2028\ufeff')).toBe('a\\u{202e}b\\u{2069}\\u{0}\\u{1b}[0m\\u{200b}\\u{2028}\\u{feff}') // biome-ignore format: one row
  })

  it('stays as it is in any language', () => {
    for (const name of ['Käse & <b>', '犬', 'כלב', 'a b']) expect(short(name)).toBe(name)
  })

  it('loses its middle where it is long, and no half of a character', () => {
    expect(short('x'.repeat(60))).toBe('x'.repeat(60))
    expect([...short('🐕'.repeat(100), 10)]).toEqual([...'🐕🐕🐕🐕🐕…🐕🐕🐕🐕🐕'])
  })
})

describe('a number', () => {
  it.each([
    [0, '0'],
    [0.1 + 0.2, '0.3'],
    [-1.25, '−1.25'],
    [12345.678, '12\u202f346'],
    [1234.5678, '1234.6'],
    [0.000012345678, '1.2346e−5'],
    [1e-5, '1e−5'],
    [1.5e20, '1.5e+20'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '−∞'],
  ])('%d reads %s', (x, text) => expect(number(x)).toBe(text))

  it('counts and parts', () => {
    expect([count(1, 'box', 'boxes'), count(2, 'image'), percent(0.1234)]).toEqual(['1 box', '2 images', '12.3\u202f%'])
  })
})
