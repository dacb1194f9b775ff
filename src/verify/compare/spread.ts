/** How absolute errors are spread; percentiles by nearest rank. */
export interface Spread {
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

const lowest = -12
const highest = 2

/**
 * Upper ends of the bins of every error histogram, the same for all tensors so that they can be held side by side: no
 * error, below 1e-12, a bin for each power of ten, and everything from 100 on, infinite errors included.
 */
export const decades: readonly number[] = [
  0,
  ...Array.from({ length: highest - lowest + 1 }, (_, i) => Number(`1e${lowest + i}`)),
  Number.POSITIVE_INFINITY,
]

/** The bin of an absolute error. */
export function decadeOf(error: number): number {
  if (error === 0) return 0
  const bin = decades.findIndex((end) => error < end)
  return bin < 0 ? decades.length - 1 : bin
}

/** Mean and percentiles of absolute errors. */
export function spreadOf(errors: Float64Array): Spread {
  const some = errors.filter((e) => e !== 0).sort()
  const zeros = errors.length - some.length
  const rank = (p: number): number => some[Math.max(Math.ceil(p * errors.length) - 1, 0) - zeros] ?? 0
  const mean = some.reduce((sum, e) => sum + e, 0) / errors.length
  return { mean, p50: rank(0.5), p90: rank(0.9), p99: rank(0.99) }
}
