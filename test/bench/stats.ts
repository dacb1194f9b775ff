/** Median and quartiles. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** The value below which the part `p` of the sorted numbers lies, interpolated. */
function quantile(sorted: readonly number[], p: number): number {
  const at = p * (sorted.length - 1)
  const [below = Number.NaN, above = below] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return below + (at - Math.floor(at)) * (above - below)
}

export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b)
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) }
}

/**
 * How many times `a` is `b`, by the medians of each round: what disturbs the machine for a while disturbs both, and
 * cancels.
 */
export function ratioOf(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): Spread {
  return spreadOf(a.map((times, round) => spreadOf(times).median / spreadOf(b[round] ?? []).median))
}
