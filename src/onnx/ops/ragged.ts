import type { Dim } from '../graph/model.js'
import type { Value } from '../graph/value.js'
import { sub } from './elementwise.js'
import { unsqueeze } from './movement.js'
import { cumSum, reduceSum } from './reduce.js'
import { filled, gather, pick, range, scatter } from './select.js'

/** The entries of a ragged list: entry i belongs to `owner[i]` and is the `local[i]`-th of it. */
export interface Ragged {
  readonly owner: Value<'int64'>
  readonly local: Value<'int64'>
}

/**
 * Lays out `counts[t] ≥ 1` entries for each t, one after another: `[T] → [Q]` twice, Q = Σ counts. `[2, 1, 3]` gives
 * owner `[0, 0, 1, 2, 2, 2]` and local `[0, 1, 0, 0, 1, 2]`.
 */
export function ragged(counts: Value<'int64'>, entries: Dim): Ragged {
  const { graph } = counts
  return graph.scope('ragged', () => {
    const total = reduceSum(counts, { axes: [0] })
    const starts = sub(cumSum(counts), counts)
    const zeros = filled(unsqueeze(total, [0]), [entries], 0, 'int64')
    const ones = gather(graph.ints([1, 1]), sub(counts, counts))
    const owner = sub(cumSum(scatter(zeros, starts, ones)), 1)
    const local = sub(range(total, entries), pick(starts, owner))
    return { owner, local }
  })
}
