import { escaped } from '../../../io/index.js'

/** A name from a file, in which nothing acts on the text around it, with its middle left out where it is long. */
export function short(text: string, most = 60): string {
  const characters = [...escaped(text)]
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
