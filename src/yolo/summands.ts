import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { add } from '../ops/elementwise.js'
import { reduceSum } from '../ops/reduce.js'

/** What is to be added up: rows of cells `[T, k]`, or whole maps that begin with the batch axis. */
export type Summand<D extends Real = Real> =
  | { readonly rows: Value<D>; readonly image: Value<'int64'> }
  | { readonly maps: Value<D> }

/**
 * Sum of everything, rank 0. Maps are summed along their last two axes first: a single float32 sum of 10⁵ equal terms
 * is off by up to 5e-5.
 */
export function total<D extends Real>(summands: readonly Summand<D>[]): Value<D> {
  const sums = summands.map((s) => ('rows' in s ? reduceSum(s.rows) : reduceSum(reduceSum(s.maps, { axes: [-2, -1] }))))
  return sums.reduce((a, b) => add(a, b))
}
