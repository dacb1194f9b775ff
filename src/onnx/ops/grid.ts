import type { Real } from '../../io/index.js'
import type { Dim } from '../graph/model.js'
import type { Value } from '../graph/value.js'
import { concat } from './concat.js'
import { cast, expand, unsqueeze } from './movement.js'
import { range } from './select.js'

/**
 * Coordinates of the cells of a grid of `h` rows and `w` columns, x before y: `[h, w, 1, 2]`. Source: keras-yolo3
 * `yolo_head`, `grid`.
 */
export function cellGrid<D extends Real>(
  h: Value<'int64'>,
  w: Value<'int64'>,
  [rows, columns]: readonly [Dim, Dim],
  dtype: D,
): Value<D> {
  const { graph } = h
  return graph.scope('grid', () => {
    const one = graph.ints([1])
    const sizes = concat([unsqueeze(h, [0]), unsqueeze(w, [0]), one, one], 0)
    const spread = (v: Value<D>) => expand(v, sizes, [rows, columns, 1, 1])
    const x = spread(unsqueeze(cast(range(w, columns), dtype), [0, 2, 3]))
    const y = spread(unsqueeze(cast(range(h, rows), dtype), [1, 2, 3]))
    return concat([x, y], 3)
  })
}
