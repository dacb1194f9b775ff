import type { Dim } from '../graph/model.js'
import type { Value } from '../graph/value.js'
import { concat } from './concat.js'
import { sub } from './elementwise.js'
import { shapeOf, squeeze } from './movement.js'
import { cumSum } from './reduce.js'
import { filled, gather, range, scatter } from './select.js'

/** The entries of a ragged list: entry i belongs to `owner[i]` and is the `local[i]`-th of it. */
export interface Ragged {
  readonly owner: Value<'int64'>
  readonly local: Value<'int64'>
  /** How many entries there are before those of each, and last how many in all: `[T+1]` */
  readonly before: Value<'int64'>
}

/**
 * Lays out `counts[t] ≥ 1` entries for each t, one after another: `[T] → [Q]` twice, Q = Σ counts. `[2, 1, 3]` gives
 * owner `[0, 0, 1, 2, 2, 2]`, local `[0, 1, 0, 0, 1, 2]` and before `[0, 2, 3, 6]`.
 */
export function ragged(counts: Value<'int64'>, entries: Dim): Ragged {
  const { graph } = counts
  return graph.scope('ragged', () => {
    const ends = cumSum(counts)
    const starts = sub(ends, counts)
    const before = concat([graph.ints([0]), ends], 0)
    // Not ReduceSum, which ONNX Runtime before 1.17 refuses for no counts.
    const total = gather(before, shapeOf(counts))
    const zeros = filled(total, [entries], 0, 'int64')
    const ones = gather(graph.ints([1, 1]), sub(counts, counts))
    const owner = sub(cumSum(scatter(zeros, starts, ones)), 1)
    const local = sub(range(squeeze(total, [0]), entries), gather(starts, owner))
    return { owner, local, before }
  })
}
