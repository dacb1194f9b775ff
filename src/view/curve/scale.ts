/** Numbers on an axis. */
export interface Scale {
  readonly log: boolean
  readonly least: number
  readonly most: number
  /** Numbers that are named beside it. */
  readonly ticks: readonly number[]
  /** From 0 at its least to 1 at its most; what lies beyond is put there. */
  place(x: number): number
}

const clamped = (x: number): number => Math.min(Math.max(x, 0), 1)

/** A round step that gives at most so many ticks: 1, 2 or 5 times a power of ten. */
function stepOf(span: number, ticks: number): number {
  const power = 10 ** Math.floor(Math.log10(span / ticks))
  return power * ([1, 2, 5, 10].find((n) => n * power * ticks >= span) ?? 10)
}

/** The difference of larger numbers may be no number. */
const largest = 1e300

/** Equal parts. @param ticks how many there may be */
export function linear(least: number, most: number, ticks: number): Scale {
  const unit = Math.max(Math.abs(least), Math.abs(most)) > largest ? 1e-20 : 1
  const [low, span] = [least * unit, most * unit - least * unit]
  const step = stepOf(span, ticks)
  const first = Math.ceil(low / step - 1e-9)
  const count = Math.floor((most * unit) / step + 1e-9) - first + 1
  // Numbers so near 0 that no step between them is above it have none beside them.
  const length = Number.isFinite(count) ? Math.max(count, 0) : 0
  const all = Array.from({ length }, (_, i) => Number((((first + i) * step) / unit).toPrecision(12)))
  return {
    log: false,
    least,
    most,
    ticks: all.filter(Number.isFinite),
    place: (x) => clamped((x * unit - low) / span),
  }
}

/** Equal factors. @param least above 0 */
export function logarithmic(least: number, most: number, ticks: number): Scale {
  const [low, high] = [Math.log10(least), Math.log10(most)]
  const [from, to] = [Math.floor(low), Math.ceil(high)]
  const between = high - low < ticks / 3 ? [1, 2, 5] : [1]
  const each = Math.ceil((to - from) / ticks)
  const decades = Array.from({ length: Math.floor((to - from) / each) + 1 }, (_, i) => from + i * each)
  const all = decades.flatMap((power) => between.map((n) => Number(`${n}e${power}`)))
  return {
    log: true,
    least,
    most,
    ticks: all.filter((x) => x >= least * (1 - 1e-9) && x <= most * (1 + 1e-9)),
    place: (x) => (x > 0 ? clamped((Math.log10(x) - low) / (high - low)) : 0),
  }
}

/** A factor between the lowest tenth and the largest number, from which on equal parts would hide what is small. */
const wide = 50

/** Numbers as near to one another as this, for their size, differ by their rounding alone. */
const rounding = 1e-9

/** A factor between neighbouring numbers, from which on the lower ones are nearly nothing, and lie below the axis. */
const hollow = 1e12

/** The least number from the lowest tenth on down to which there is no wide gap. @param all in their order, above 0 */
function leastOf(all: readonly number[], lowest: number): number {
  let least = lowest
  for (const x of all.filter((x) => x < lowest).reverse()) {
    if (least / x > hollow) break
    least = x
  }
  return least
}

/**
 * The axis that fits numbers: equal factors where all are above 0 and the lowest tenth of them is below a fiftieth of
 * the largest, else equal parts, from 0 on where that is not far. Numbers that differ by their rounding alone are one.
 * @param typical numbers, of which tenths are counted @param extremes the least and the most of them
 */
export function fitting(typical: readonly number[], extremes: readonly number[], ticks: number): Scale {
  const all = [...typical, ...extremes].sort((a, b) => a - b)
  const [least, most] = [all[0], all.at(-1)]
  if (least === undefined || most === undefined) return linear(0, 1, ticks)
  const lowest = [...typical].sort((a, b) => a - b)[Math.floor(typical.length / 10)] ?? most
  if (least > 0 && most / lowest >= wide) return logarithmic(leastOf(all, lowest), most, ticks)
  if (most - least <= rounding * Math.max(Math.abs(least), Math.abs(most))) return linear(...around(least), ticks)
  const bottom = least >= 0 && least < 0.7 * most ? 0 : least - 0.05 * most + 0.05 * least
  return linear(finite(bottom), finite(most + 0.05 * most - 0.05 * least), ticks)
}

/** The nearest number that is finite. */
const finite = (x: number): number => Math.min(Math.max(x, -Number.MAX_VALUE), Number.MAX_VALUE)

const around = (x: number): [number, number] => (x === 0 ? [0, 1] : x > 0 ? [0, finite(2 * x)] : [finite(2 * x), 0])

/** A number of an axis in few characters: `0.002`, `12k`, `1e-7`. */
export function short(x: number): string {
  const size = Math.abs(x)
  if (size >= 1e15 || (size > 0 && size < 1e-3)) return x.toExponential().replace('e+', 'e')
  if (size >= 1e6) return `${Number((x / 1e6).toPrecision(6))}M`
  if (size >= 1e4) return `${Number((x / 1e3).toPrecision(6))}k`
  return String(x)
}

/** Numbers of an axis, in more characters where they would be the same in few. */
export function names(ticks: readonly number[]): string[] {
  const all = ticks.map(short)
  return new Set(all).size === all.length ? all : ticks.map(String)
}

/** Four digits of a number. */
export const brief = (x: number): string => (Number.isFinite(x) ? short(Number(x.toPrecision(4))) : String(x))
