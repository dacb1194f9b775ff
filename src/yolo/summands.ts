import type { Dim } from '../graph/model.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { add } from '../ops/elementwise.js'
import { equal, where } from '../ops/logic.js'
import { split, unsqueeze } from '../ops/movement.js'
import { reduceSum } from '../ops/reduce.js'
import { range } from '../ops/select.js'

/** Rows of cells `[T, k]` at one scale, with the image of each `[T]`. */
interface Rows<D extends Real> {
  readonly rows: Value<D>
  readonly image: Value<'int64'>
  readonly scale: number
}

/** Values of all images `[B, n, …]`, of one scale or of several one after another along axis 1. */
interface Maps<D extends Real> {
  readonly maps: Value<D>
  readonly scale: number | readonly number[]
}

/** What is to be added up. */
export type Summand<D extends Real = Real> = Rows<D> | Maps<D>

/** Adds up: everything to rank 0, or each image by itself to `[B]`. */
export type Adder = <D extends Real>(summand: Summand<D>) => Value<D>

/** Up to this size the last axis is summed together with the one before it. */
const shortAxis = 16

/**
 * Maps summed axis by axis from the last, down to `[B]` or `[B, n]`: a single float32 sum of 10⁴ equal terms is off by
 * 1.5e-5, of 10⁵ by 5e-5.
 */
function innerSum<D extends Real>(maps: Value<D>): Value<D> {
  const { length } = maps.shape
  if (length <= 2) return maps
  const last = maps.shape[length - 1]
  return innerSum(reduceSum(maps, { axes: typeof last === 'number' && last <= shortAxis ? [-2, -1] : [-1] }))
}

/** Sum of everything, rank 0. */
export const addAll: Adder = (s) => reduceSum('rows' in s ? s.rows : innerSum(s.maps))

/** Sum of each image, `[B]`; B as number or symbol and as a value. */
export const addByImage =
  (batch: Dim, B: Value<'int64'>): Adder =>
  <D extends Real>(s: Summand<D>) => {
    if ('maps' in s) {
      const sums = innerSum(s.maps)
      return sums.shape.length > 1 ? reduceSum(sums, { axes: [1] }) : sums
    }
    const row = unsqueeze(reduceSum(s.rows, { axes: [1] }), [0]) // [1, T]
    const own = equal(unsqueeze(range(B, batch), [1]), unsqueeze(s.image, [0])) // [B, T]
    return reduceSum(where(own, row, 0), { axes: [1] }) // selected: 0 · ∞ would spoil the other images
  }

/** The same summands scale by scale. */
export function byScale<D extends Real>(summands: readonly Summand<D>[], scales: number): Summand<D>[][] {
  const parts = summands.flatMap((s): Summand<D>[] => {
    if (typeof s.scale === 'number') return [s]
    const maps = split((s as Maps<D>).maps, s.scale, 1)
    return maps.map((part, scale) => ({ maps: part, scale }))
  })
  return Array.from({ length: scales }, (_, l) => parts.filter((s) => s.scale === l))
}

/** Sum of summands. */
export const total = <D extends Real>(summands: readonly Summand<D>[], adder: Adder): Value<D> =>
  summands.map(adder).reduce((a, b) => add(a, b))
