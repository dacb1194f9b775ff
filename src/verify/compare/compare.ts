import { type AnyTensor, sizeOf } from '../../io/index.js'
import { elementAt, indexOf, type Scalar } from './scalar.js'
import { decadeOf, decades, type Spread, spreadOf } from './spread.js'
import { ulps } from './ulp.js'

/** An element that differs. */
interface Mismatch {
  readonly index: readonly number[]
  readonly expected: Scalar
  readonly got: Scalar
}

/** An element that differs by more than is allowed there. */
interface Excess extends Mismatch {
  /** The largest error that passes. */
  readonly allowed: number
}

/** The largest error and where it is; its value is ∞ where only one side is finite, or the infinities differ. */
export interface Worst extends Mismatch {
  readonly value: number
}

export interface CompareOptions {
  readonly rtol: number
  readonly atol: number
  /** By element, what is granted beyond `atol`. */
  readonly slack?: Float64Array | undefined
  /** Lets NaN stand for NaN; default false. */
  readonly allowBothNan?: boolean
  /** Non-zero for each element that is not to be compared, in row-major order. */
  readonly exempt?: Uint8Array | undefined
  /** Lets a tensor without elements pass; default false, because nothing was compared. */
  readonly allowEmpty?: boolean
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
  /** In units of the last place of the element type; only of floating-point types. */
  readonly worstUlp?: Worst
  /** The smallest rtol at which all would pass with this atol; ∞ if none does. */
  readonly requiredRtol: number
  /** The smallest atol at which all would pass with this rtol; ∞ if none does. */
  readonly requiredAtol: number
  /** Of the absolute errors. */
  readonly spread?: Spread
  /** Number of absolute errors in each decade: see `decades`. */
  readonly histogram: readonly number[]
  /** The first of the mismatches. */
  readonly first: readonly Excess[]
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
  requiredAtol: number
  worstAbs?: Worst
  worstRel?: Worst
  worstUlp?: Worst
  readonly first: Excess[]
  readonly histogram: number[]
}

const mismatchesShown = 5

function distance(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' || typeof b === 'string') return Number.POSITIVE_INFINITY
  return Math.abs(typeof a === 'bigint' && typeof b === 'bigint' ? Number(a - b) : Number(a) - Number(b))
}

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

type Where = { readonly place: number; readonly shape: readonly number[] }

/** Keeps the larger of two errors. */
function larger(old: Worst | undefined, value: number, { place, shape }: Where, expected: Scalar, got: Scalar): Worst {
  return old && !(value > old.value) ? old : { value, index: indexOf(place, shape), expected, got }
}

function mismatch(tally: Tally, { place, shape }: Where, expected: Scalar, got: Scalar, allowed: number): void {
  tally.mismatches++
  if (tally.first.length < mismatchesShown) tally.first.push({ index: indexOf(place, shape), expected, got, allowed })
}

/** The error that is granted to an element of such a size; where that is infinite or NaN only itself. */
const allowedAt = (size: number, room: number, { rtol, atol }: CompareOptions): number =>
  Number.isFinite(size) ? atol + room + rtol * size : 0

/** Whether one element of a tensor passes, by its place; see `compare`. */
export function passes(expected: AnyTensor, got: AnyTensor, place: number, options: CompareOptions): boolean {
  if (options.exempt?.[place]) return true
  const pair = [elementAt(expected, place), elementAt(got, place)] as const
  if (isNaNPair(...pair)) return options.allowBothNan ?? false
  return errorOf(...pair) <= allowedAt(Math.abs(Number(pair[0])), options.slack?.[place] ?? 0, options)
}

/** Notes the error of an element that differs. */
function noteError(tally: Tally, at: Where, pair: readonly [Scalar, Scalar], error: number, o: CompareOptions): void {
  const [expected, got] = pair
  const size = Math.abs(Number(expected))
  const bounded = Number.isFinite(size)
  const room = o.slack?.[at.place] ?? 0
  const excess = error - room - o.atol
  if (excess > 0) tally.requiredRtol = Math.max(tally.requiredRtol, bounded ? excess / size : excess)
  tally.requiredAtol = Math.max(tally.requiredAtol, bounded ? error - room - o.rtol * size : error)
  const allowed = allowedAt(size, room, o)
  if (!(error <= allowed)) mismatch(tally, at, expected, got, allowed)
  tally.worstAbs = larger(tally.worstAbs, error, at, expected, got)
  if (size > o.atol + room && bounded) tally.worstRel = larger(tally.worstRel, error / size, at, expected, got)
}

/** Notes one element in the tally and gives its error. */
function note(tally: Tally, at: Where, dtype: string, pair: readonly [Scalar, Scalar], o: CompareOptions): number {
  const [expected, got] = pair
  tally.compared++
  if (isNaNPair(expected, got)) {
    tally.bothNan++
    if (!o.allowBothNan) mismatch(tally, at, expected, got, 0)
    return 0
  }
  const error = errorOf(expected, got)
  if (error === 0 && Math.abs(Number(expected)) === Number.POSITIVE_INFINITY) tally.bothInfinite++
  noteError(tally, at, pair, error, o)
  const units = error === 0 ? 0 : ulps(dtype, Number(expected), Number(got))
  if (units !== undefined) tally.worstUlp = larger(tally.worstUlp, units, at, expected, got)
  const bin = decadeOf(error)
  tally.histogram[bin] = (tally.histogram[bin] ?? 0) + 1
  return error
}

const described = ({ dtype, shape }: AnyTensor): string => `${dtype}[${shape}]`

/** Differences that make an element-wise comparison impossible. */
function obstacle(expected: AnyTensor, got: AnyTensor): string | undefined {
  const same = expected.dtype === got.dtype && described(expected) === described(got)
  return same ? undefined : `expected ${described(expected)}, got ${described(got)}`
}

const emptyTally = (): Tally => ({
  compared: 0,
  mismatches: 0,
  bothNan: 0,
  bothInfinite: 0,
  requiredRtol: 0,
  requiredAtol: 0,
  first: [],
  histogram: Array(decades.length).fill(0),
})

/** Why there is no verdict on values; an empty tensor may be what is expected. */
function nothingCompared(tally: Tally, { allowEmpty }: CompareOptions): string | undefined {
  return tally.compared > 0 || allowEmpty ? undefined : 'not one element was compared'
}

/** Equal finite numbers, which most elements are: there is nothing to note of them. */
const isSameNumber = (a: unknown, b: unknown): boolean => typeof a === 'number' && a === b && a - a === 0

/** Whether an element without error changes nothing but the counts. */
const isNoted = ({ worstAbs, worstUlp, worstRel }: Tally, value: unknown): boolean =>
  worstAbs !== undefined && worstUlp !== undefined && (worstRel !== undefined || value === 0)

/**
 * Compares a tensor with what was expected: an element passes if |got − expected| ≤ atol + rtol·|expected|, and its slack
 * where there is one.
 * A difference in shape or element type fails, and so does a comparison of no element at all.
 */
export function compare(name: string, expected: AnyTensor, got: AnyTensor, options: CompareOptions): Comparison {
  const { dtype, shape } = expected
  const tally = emptyTally()
  const size = sizeOf(shape)
  const different = obstacle(expected, got)
  const errors = new Float64Array(different === undefined ? size : 0)
  for (let i = 0; i < errors.length; i++) {
    if (options.exempt?.[i]) continue
    if (dtype !== 'float16' && isSameNumber(expected.data[i], got.data[i]) && isNoted(tally, expected.data[i])) {
      tally.compared++
      tally.histogram[0] = (tally.histogram[0] ?? 0) + 1
      continue
    }
    errors[i] = note(tally, { place: i, shape }, dtype, [elementAt(expected, i), elementAt(got, i)], options)
  }
  const problem = different ?? nothingCompared(tally, options)
  return {
    name,
    dtype,
    shape,
    ...tally,
    ...(tally.compared > 0 ? { spread: spreadOf(errors) } : {}),
    exempt: different === undefined ? size - tally.compared : 0,
    ...(problem === undefined ? {} : { problem }),
    pass: problem === undefined && tally.mismatches === 0,
  }
}
