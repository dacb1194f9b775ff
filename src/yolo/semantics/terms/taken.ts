import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { and, equal, less, where } from '../../../onnx/logic.js'
import { reduceSum } from '../../../onnx/math.js'
import { scatter } from '../../../onnx/select.js'
import { cast, flatten, reshapeLike, unsqueeze } from '../../../onnx/shape.js'
import { fullLike } from '../full.js'
import type { Matches } from '../matches/match.js'
import type { Scale } from '../scale.js'
import { placesOf } from './places.js'

/**
 * Whether rows of predictions have a match, in the shape of `like` `[B, h·w·A, 1]`. Matches that do not exist point to the
 * first row, and write there what others of their image say.
 */
export function takenRows<D extends Real>(scale: Scale<D>, matches: Matches<D>, like: Value): Value<'bool'> {
  const { exists, index, everyRow } = matches
  if (everyRow) return unsqueeze(exists, [2])
  return scale.graph.scope('taken', () => {
    const one = scale.graph.scalar(1, 'float32')
    const there = where(exists, one, 0)
    const first = reduceSum(where(and(exists, equal(index, 0)), one, 0), { axes: [1], keep: true })
    const written = where(exists, there, cast(less(0, first), 'float32'))
    const rows = flatten(like)
    const none = fullLike(rows, 0, 'float32')
    return less(0, reshapeLike(scatter(none, flatten(placesOf(scale, index)), flatten(written)), like))
  })
}
