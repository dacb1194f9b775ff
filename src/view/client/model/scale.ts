import type { Ramp } from './colours.js'

/** How numbers become places on a ramp of colours. */
export interface ColourScale {
  readonly ramp: Ramp
  readonly low: number
  readonly high: number
  readonly isLogarithmic: boolean
  /** From 0 to 1. */
  readonly at: (x: number) => number
  readonly ticks: readonly number[]
}

/** The greatest is so many times the middle one where evenly spread colours would show one cell alone. */
const skewed = 20
/** Powers of ten that a logarithmic scale spans. */
const decades = 4

const finite = (maps: readonly Float64Array[]): Float64Array => {
  const kept: number[] = []
  for (const map of maps) for (const x of map) if (Number.isFinite(x) && x !== 0) kept.push(x)
  return Float64Array.from(kept).sort()
}

function linear(low: number, high: number, ramp: Ramp = 'sequential'): ColourScale {
  const span = high - low || 1
  const ticks = high > low ? [low, (low + high) / 2, high] : [low]
  return { ramp, low, high, isLogarithmic: false, at: (x) => (x - low) / span, ticks }
}

/** One scale for all maps of a kind, whichever image, scale of the network or anchor they are of. */
export function scaleOf(maps: readonly Float64Array[], range?: readonly [number, number]): ColourScale {
  if (range) return linear(...range)
  const sorted = finite(maps)
  const [least = 0, most = 0] = [sorted[0], sorted.at(-1)]
  const middle = sorted[sorted.length >> 1] ?? 0
  if (least < 0 || most <= skewed * middle) return linear(Math.min(least, 0), most)
  const high = Math.log10(most)
  const low = Math.max(Math.log10(least), high - decades)
  const whole = Array.from({ length: decades + 1 }, (_, k) => 10 ** (Math.ceil(low) + k)).filter((x) => x <= most)
  return {
    ramp: 'sequential',
    low: 10 ** low,
    high: most,
    isLogarithmic: true,
    at: (x) => (Math.log10(x) - low) / (high - low),
    ticks: whole.length > 1 ? whole : [10 ** low, most],
  }
}

/** The same for differences: as far to both sides, with none in the middle. */
export function differenceScale(maps: readonly Float64Array[]): ColourScale {
  const sorted = finite(maps).map(Math.abs).sort()
  const most = sorted.at(-1) ?? 0
  const middle = sorted[sorted.length >> 1] ?? 0
  if (most <= skewed * middle) return linear(-most, most, 'diverging')
  // Near 0 a logarithm would never end.
  const start = most * 10 ** -3
  const size = (x: number) => (Math.sign(x) * Math.log1p(Math.abs(x) / start)) / Math.log1p(most / start)
  return {
    ramp: 'diverging',
    low: -most,
    high: most,
    isLogarithmic: true,
    at: (x) => (1 + size(x)) / 2,
    ticks: [-most, -most / 30, 0, most / 30, most],
  }
}
