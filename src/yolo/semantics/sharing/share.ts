import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { and, equal, greater, not, where } from '../../../onnx/logic.js'
import { div, matMul, min, reduceMax, reduceSum } from '../../../onnx/math.js'
import { cast, transpose, unsqueeze } from '../../../onnx/shape.js'
import type { Semantics, ValueOf } from '../../../reference/semantics/records.js'
import type { Matches, Shared } from '../matches/match.js'
import { before } from '../matches/rank.js'

/** Which matches share a row of predictions, as far as it is asked for. */
interface Rows<D extends Real> {
  readonly matches: Matches<D>
  readonly isLast: Value<'bool'>
  /** The classes of all matches of the row `[B, K, C]`. */
  readonly allClasses: () => Value<D>
}

/** Matches as they count by the rules of those that share a row of predictions. */
export function shared<D extends Real>(matches: Matches<D>, { sharedBox, sharedClass }: Semantics): Shared<D> {
  const { graph, dtype } = matches.box
  return graph.scope('sharing', () => {
    const rows = rowsOf(matches)
    const [counts, classLabels] = labels[sharedClass](rows)
    const classWeight = cast(counts, dtype)
    return { ...matches, isLast: rows.isLast, boxWeight: weights[sharedBox](rows), classWeight, classLabels }
  })
}

const weights: Readonly<Record<ValueOf<'sharedBox'>, <D extends Real>(rows: Rows<D>) => Value<D>>> = {
  last: ({ isLast, matches }) => cast(isLast, matches.box.dtype),
  each: ({ matches }) => cast(matches.exists, matches.box.dtype),
  mean({ matches: { exists, box }, allClasses }) {
    const labelled = not(equal(allClasses(), 0))
    const count = reduceSum(cast(labelled, box.dtype), { axes: [2] })
    const one = box.graph.scalar(1, box.dtype)
    return where(exists, div(one, where(exists, count, one)), 0)
  },
}

type Labels<D extends Real> = readonly [counts: Value<'bool'>, classes: Value<D>]

const labels: Readonly<Record<ValueOf<'sharedClass'>, <D extends Real>(rows: Rows<D>) => Labels<D>>> = {
  all: ({ isLast, allClasses }) => [isLast, allClasses()],
  last: ({ isLast, matches }) => [isLast, matches.classes],
  each: ({ matches }) => [matches.exists, matches.classes],
}

function rowsOf<D extends Real>(matches: Matches<D>): Rows<D> {
  const { exists, index, classes, distinct } = matches
  if (distinct) return { matches, isLast: exists, allClasses: () => classes }
  const same = and(equal(unsqueeze(index, [2]), unsqueeze(index, [1])), unsqueeze(exists, [1])) // [B, K, K]
  const later = and(same, transpose(before(index), [1, 0]))
  const isLast = and(exists, not(greater(reduceMax(cast(later, 'float32'), { axes: [2] }), 0)))
  const allClasses = () => min(matMul(cast(same, classes.dtype), classes), 1)
  return { matches, isLast, allClasses }
}
