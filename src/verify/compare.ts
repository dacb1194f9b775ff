import { sizeOf, type Tensor } from '../graph/tensor.js'
import { elementAt, indexOf, type Scalar } from './scalar.js'

/** The largest error and where it is; its value is ∞ where only one side is finite, or the infinities differ. */
export interface Worst {
  readonly value: number
  readonly index: readonly number[]
  readonly expected: Scalar
  readonly got: Scalar
}

export interface CompareOptions {
  readonly rtol: number
  readonly atol: number
  /** Lets NaN stand for NaN; default false. */
  readonly allowBothNan?: boolean
  /** Non-zero for each element that is not to be compared, in row-major order. */
  readonly exempt?: Uint8Array | undefined
}

export interface Comparison {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly compared: number
  readonly exempt: number
  readonly mismatches: number
  /** Elements that are NaN on both sides. */
  readonly bothNan: number
  /** Elements that are the same infinity on both sides; they pass. */
  readonly bothInfinite: number
  readonly worstAbs?: Worst
  /** Relative to the expected value, only where that exceeds atol: below, the quotient is noise. */
  readonly worstRel?: Worst
  /** The smallest rtol at which all would pass with this atol; ∞ if none does. */
  readonly requiredRtol: number
  /** Why nothing was compared. */
  readonly problem?: string
  readonly pass: boolean
}

interface Tally {
  compared: number
  mismatches: number
  bothNan: number
  bothInfinite: number
  requiredRtol: number
  worstAbs?: Worst
  worstRel?: Worst
}

const distance = (a: Scalar, b: Scalar): number =>
  Math.abs(typeof a === 'bigint' && typeof b === 'bigint' ? Number(a - b) : Number(a) - Number(b))

const isNaNPair = (a: Scalar, b: Scalar): boolean => Number.isNaN(a) && Number.isNaN(b)

/**
 * The error of one element: non-finite values compare by identity, since a tolerance relative to an infinite
 * expectation would let everything pass.
 */
function errorOf(expected: Scalar, got: Scalar): number {
  if (expected === got) return 0
  const error = distance(expected, got)
  return Number.isFinite(error) ? error : Number.POSITIVE_INFINITY
}

/** Notes one element in the tally. */
function note(tally: Tally, place: number, expected: Scalar, got: Scalar, shape: readonly number[], o: CompareOptions) {
  tally.compared++
  if (isNaNPair(expected, got)) {
    tally.bothNan++
    if (!o.allowBothNan) tally.mismatches++
    return
  }
  const error = errorOf(expected, got)
  const size = Math.abs(Number(expected))
  if (size === Number.POSITIVE_INFINITY && error === 0) tally.bothInfinite++
  const excess = error - o.atol
  if (excess > 0) tally.requiredRtol = Math.max(tally.requiredRtol, Number.isFinite(size) ? excess / size : excess)
  if (!(error <= (Number.isFinite(size) ? o.atol + o.rtol * size : 0))) tally.mismatches++
  if (!tally.worstAbs || error > tally.worstAbs.value) {
    tally.worstAbs = { value: error, index: indexOf(place, shape), expected, got }
  }
  if (!(size > o.atol && Number.isFinite(size))) return
  if (!tally.worstRel || error / size > tally.worstRel.value) {
    tally.worstRel = { value: error / size, index: indexOf(place, shape), expected, got }
  }
}

const described = ({ dtype, shape }: Tensor): string => `${dtype}[${shape}]`

/** Differences that make an element-wise comparison impossible. */
function obstacle(expected: Tensor, got: Tensor): string | undefined {
  const same = expected.dtype === got.dtype && described(expected) === described(got)
  return same ? undefined : `expected ${described(expected)}, got ${described(got)}`
}

/**
 * Compares a tensor with what was expected: an element passes if |got − expected| ≤ atol + rtol·|expected|.
 * A difference in shape or element type fails, and so does a comparison of no element at all.
 */
export function compare(name: string, expected: Tensor, got: Tensor, options: CompareOptions): Comparison {
  const tally: Tally = { compared: 0, mismatches: 0, bothNan: 0, bothInfinite: 0, requiredRtol: 0 }
  const size = sizeOf(expected.shape)
  const different = obstacle(expected, got)
  for (let i = 0; i < size && different === undefined; i++) {
    if (options.exempt?.[i]) continue
    note(tally, i, elementAt(expected, i), elementAt(got, i), expected.shape, options)
  }
  const problem = different ?? (tally.compared === 0 ? 'not one element was compared' : undefined)
  return {
    name,
    dtype: expected.dtype,
    shape: expected.shape,
    ...tally,
    exempt: different === undefined ? size - tally.compared : 0,
    ...(problem === undefined ? {} : { problem }),
    pass: problem === undefined && tally.mismatches === 0,
  }
}
