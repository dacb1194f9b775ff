/** Control characters, marks that turn the direction of writing, and what has no width. */
const active = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu

/** A name from a file, in which nothing acts on the text around it: such characters stand as their code points. */
export const inert = (text: string): string =>
  text.replace(active, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`)

/** The same with its middle left out where it is long. */
export function short(text: string, most = 60): string {
  const characters = [...inert(text)]
  if (characters.length <= most) return characters.join('')
  return `${characters.slice(0, most / 2).join('')}…${characters.slice(-most / 2).join('')}`
}

/** A number with so many digits that tell. */
export function number(x: number, digits = 5): string {
  if (Number.isNaN(x)) return 'NaN'
  if (!Number.isFinite(x)) return x > 0 ? '∞' : '−∞'
  const size = Math.abs(x)
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e7)
      ? x.toExponential(digits - 1).replace(/\.?0+e/, 'e')
      : Number(x.toPrecision(digits)).toLocaleString('en', { maximumFractionDigits: 12, useGrouping: size >= 1e4 })
  return text.replaceAll('-', '−').replaceAll(',', '\u202f')
}

export const percent = (share: number): string => `${number(share * 100, 3)}\u202f%`

export const count = (n: number, one: string, many = `${one}s`): string => `${number(n, 7)} ${n === 1 ? one : many}`
