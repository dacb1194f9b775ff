import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { and, equal, greater, less, not, where } from '../../onnx/logic.js'
import { add, log, mul, neg, sub } from '../../onnx/math.js'

/** −p·ln p, 0 at p = 0; p in [0, 1]. */
function surprise<D extends Real>(p: Value<D>): Value<D> {
  const some = greater(p, 0)
  return where(some, neg(mul(p, log(where(some, p, 1)))), 0)
}

/** H(p) = −p·ln p − (1−p)·ln(1−p), the least E(p, t) over all logits t; p in [0, 1]. */
const entropy = <D extends Real>(p: Value<D>): Value<D> =>
  add(surprise(p), surprise(sub(p.graph.scalar(1, p.dtype), p)))

/**
 * Greatest lower bound of `weight · E(z, t)` over all logits t: weight·H(z); −∞ for a negative weight or a label outside
 * [0, 1], as E has no upper bound, and none below for such labels; 0 for weight 0. Shapes broadcast.
 */
export function leastCrossEntropy<D extends Real>(weight: Value<D>, z: Value<D>): Value<D> {
  const { graph, dtype } = z
  const inside = and(not(less(z, 0)), not(greater(z, 1)))
  const bounded = where(inside, entropy(where(inside, z, 0)), Number.NEGATIVE_INFINITY)
  const least = where(greater(weight, 0), mul(weight, bounded), graph.scalar(Number.NEGATIVE_INFINITY, dtype))
  return where(equal(weight, 0), graph.scalar(0, dtype), least)
}
