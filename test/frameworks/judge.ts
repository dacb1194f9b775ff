import type { AnyTensor } from '../../src/io/index.js'

/** What is expected of an output, |got − expected| ≤ atol + rtol·|expected|. */
export interface Expected {
  readonly tensor: AnyTensor
  readonly rtol: number
  readonly atol: number
}

/** How far what came out is from what is expected. */
export interface Verdict {
  readonly passed: boolean
  /** The largest |got − expected| / (atol + rtol·|expected|); at most 1 passes. Infinite for what cannot be compared. */
  readonly measure: number
  /** |got − expected| / |expected| of the loss; 0 where both are the same infinity. */
  readonly lossError: number
  /** The output that is farthest off, or missing. */
  readonly output: string
}

/** Relative tolerance of losses and of their components. */
export const rtolOfValues = 1e-5

type Numbers = ArrayLike<number | bigint>

/** How far one number is off, in units of what is allowed. */
function measureOf(got: number, expected: number, rtol: number, atol: number): number {
  if (Object.is(got, expected) || got === expected) return 0
  if (!Number.isFinite(expected) || !Number.isFinite(got)) return Number.POSITIVE_INFINITY
  const allowed = atol + rtol * Math.abs(expected)
  return allowed === 0 ? Number.POSITIVE_INFINITY : Math.abs(got - expected) / allowed
}

const numbersOf = ({ data }: AnyTensor): Numbers => data as unknown as Numbers

/** The worst element; sizes must be equal, shapes may differ in axes of 1, which importers drop and add. */
function farthest(got: AnyTensor, { tensor, rtol, atol }: Expected): number {
  const [a, b] = [numbersOf(got), numbersOf(tensor)]
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let worst = 0
  for (let i = 0; i < b.length; i++) worst = Math.max(worst, measureOf(Number(a[i]), Number(b[i]), rtol, atol))
  return worst
}

function relative(got: AnyTensor | undefined, expected: AnyTensor): number {
  const [a, b] = [Number(got ? numbersOf(got)[0] : Number.NaN), Number(numbersOf(expected)[0])]
  if (Object.is(a, b)) return 0
  return Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) / Math.abs(b || 1) : Number.POSITIVE_INFINITY
}

/** Holds every output that is promised against what is expected of it; one that is missing is infinitely far off. */
export function judge(
  results: ReadonlyMap<string, AnyTensor>,
  promised: readonly string[],
  expected: ReadonlyMap<string, Expected>,
): Verdict {
  const loss = expected.get('loss')
  if (!loss || promised.length === 0) throw new Error('there is nothing to judge by: no loss is expected, or promised')
  let [measure, output] = [0, 'loss']
  for (const name of promised) {
    const wanted = expected.get(name)
    if (!wanted) throw new Error(`output ${name} has no expected value`)
    const got = results.get(name)
    const own = got ? farthest(got, wanted) : Number.POSITIVE_INFINITY
    if (own > measure) [measure, output] = [own, name]
  }
  return { passed: measure <= 1, measure, lossError: relative(results.get('loss'), loss.tensor), output }
}
