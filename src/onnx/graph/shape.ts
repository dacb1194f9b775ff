import type { Dim, Shape } from './model.js'

const factors = (dim: Dim): string[] => (typeof dim === 'number' ? [] : dim.split('*').filter((f) => !isNumeral(f)))
const coefficient = (dim: Dim): number =>
  typeof dim === 'number'
    ? dim
    : dim
        .split('*')
        .filter(isNumeral)
        .reduce((n, f) => n * Number(f), 1)
const isNumeral = (text: string): boolean => /^\d+$/.test(text)

/** An expression as one symbol, which products neither take apart nor reorder. */
export const atom = (expression: string): string => expression.replaceAll('*', '·')

/** Product of dimensions in one canonical spelling, so that equal products are equal strings: `3*B*h0*w0`. */
export function product(dims: Shape): Dim {
  const number = dims.reduce<number>((n, d) => n * coefficient(d), 1)
  const symbols = dims.flatMap(factors).sort()
  if (number === 0 || symbols.length === 0) return number
  return [...(number === 1 ? [] : [number]), ...symbols].join('*')
}

/** Sum of dimensions; of several terms with a symbol among them, a symbol of its own: `(2·T+w0+1)`. */
export function sum(dims: Shape): Dim {
  const number = dims.reduce<number>((n, d) => n + (typeof d === 'number' ? d : 0), 0)
  const symbols = dims.filter((d) => typeof d === 'string').sort()
  if (symbols.length === 0) return number
  const [first, ...rest] = [...symbols, ...(number === 0 ? [] : [String(number)])] as [string, ...string[]]
  return rest.length === 0 ? first : atom(`(${[first, ...rest].join('+')})`)
}

/** The axis counted from the front. */
export const frontOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

/** The same, or undefined when out of range. */
export function frontAxis(axis: number, rank: number): number | undefined {
  const front = frontOf(axis, rank)
  return front >= 0 && front < rank ? front : undefined
}

/**
 * Shape of an element-wise result. Strict: equal numbers and equal symbols match, 1 stretches, everything else (a
 * symbol against a number, two symbols) is undefined, because it might hold for some inputs only.
 */
export function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length)
  const result: Dim[] = []
  for (let i = 1; i <= rank; i++) {
    const x = a[a.length - i] ?? 1
    const y = b[b.length - i] ?? 1
    if (x !== y && x !== 1 && y !== 1) return undefined
    result.unshift(x === 1 ? y : x)
  }
  return result
}

/** True when both shapes have the same numbers and symbols. */
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i])
