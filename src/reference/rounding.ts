/** u, the largest relative error of rounding a number to float32. */
export const UNIT_ROUNDOFF = 2 ** -24

/** Relative accuracy that a comparison grants the parts of a term, in units of u; log1p alone errs by 5 (semantics 7). */
const PART_ROUNDINGS = 16

/** Error of a float32 logarithm, in units of u relative to its value: two units in the last place. */
const LOG_ROUNDINGS = 4

/** Most numbers that the graph adds up at once, stage after stage. */
const STAGE = 10

/**
 * Bound of the rounding error of a float32 sum of so many numbers of one size, relative to it: when m of them are added
 * one after another, the partial sums 2, 3 … m times their size are rounded, which is (m + 1)/2 · u of the whole at
 * most, and log n / log m such stages add up n. Below 2e-6 up to 10⁶ numbers.
 */
export const sumBound = (count: number): number =>
  (((STAGE + 1) / 2) * Math.log(Math.max(count, 1)) * UNIT_ROUNDOFF) / Math.log(STAGE)

/**
 * A sum of terms together with what rounding its float32 inputs can change.
 *
 * A term that is a product or a sum of positive numbers has only relative errors, which the relative tolerance of a
 * comparison covers. Two things it does not cover are collected here, both to first order:
 *
 * - `slack`, the derivative of a term by a rounded target times the error of that target;
 * - cancellation: parts of opposite sign keep their own rounding errors while their sum shrinks, so the accuracy is
 *   relative to Σ|part|; what exceeds |Σ part| is added. It is 0 for ordinary labels (0 ≤ z ≤ 1, o ≥ 0).
 */
export class Tally {
  readonly #sums: Float64Array
  readonly #sizes: Float64Array
  readonly #slacks: Float64Array
  #size = 0
  #slack = 0

  /** @param images B, the number of sums kept apart */
  constructor(images: number) {
    this.#sums = new Float64Array(images)
    this.#sizes = new Float64Array(images)
    this.#slacks = new Float64Array(images)
  }

  /**
   * @param term value to add for `image`
   * @param size Σ|part| of the term
   * @param slack first-order error of the term that is not relative to its parts
   */
  add(image: number, term: number, size: number, slack = 0): void {
    increase(this.#sums, image, term)
    increase(this.#sizes, image, size)
    increase(this.#slacks, image, slack)
    this.#size += size
    this.#slack += slack
  }

  /** The sums, `[B]`. */
  get perImage(): Float64Array {
    return this.#sums
  }

  /** Sum over the batch, undivided. */
  get total(): number {
    return this.#sums.reduce((sum, x) => sum + x, 0)
  }

  /** Bound of the total's rounding error, undivided; 0 where the total is not finite and only identity counts. */
  get bound(): number {
    return boundOf(this.total, this.#size, this.#slack)
  }

  /** The same of each image, `[B]`. */
  get perImageBound(): Float64Array {
    return this.#sums.map((sum, b) => boundOf(sum, this.#sizes[b] ?? Number.NaN, this.#slacks[b] ?? Number.NaN))
  }
}

function increase(sums: Float64Array, i: number, by: number): void {
  sums[i] = (sums[i] ?? Number.NaN) + by
}

const boundOf = (sum: number, size: number, slack: number): number =>
  Number.isFinite(sum) ? slack + PART_ROUNDINGS * UNIT_ROUNDOFF * Math.max(size - Math.abs(sum), 0) : 0

/** Error of z = y·g − c: the product is rounded before the difference, so it errs by its own size, not by z's. */
export const offsetError = (product: number, z: number): number => UNIT_ROUNDOFF * (Math.abs(product) + Math.abs(z))

/**
 * Error of z = ln((y/a)·S): quotient and product err by u each relative to the argument, hence 2u absolute in z, plus
 * the anchor's own rounding (0 for whole pixels) and that of the logarithm.
 */
export function logSizeError(z: number, anchor: number): number {
  const ofAnchor = Math.abs(Math.fround(anchor) - anchor) / anchor
  return 2 * UNIT_ROUNDOFF + ofAnchor + LOG_ROUNDINGS * UNIT_ROUNDOFF * Math.abs(z)
}

/** Error of s = 2 − w·h beyond its own relative rounding. */
export const scaleError = (area: number): number => UNIT_ROUNDOFF * Math.abs(area)
