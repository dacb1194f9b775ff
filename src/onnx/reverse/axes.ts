import { GraphError } from '../graph/errors.js'
import type { Shape } from '../graph/model.js'
import { broadcast, sameShape } from '../graph/shape.js'
import type { Value } from '../graph/value.js'
import { reduceSum } from '../math.js'
import { filled } from '../select.js'
import { expand, reshape, shapeOf } from '../shape.js'
import type { V } from './applied.js'

/** `x` spread to the shape of another value. */
export function spread(x: V, like: Value): V {
  if (sameShape(x.shape, like.shape)) return x
  const { graph } = x
  const known = like.shape.every((d) => typeof d === 'number')
  return expand(x, known ? graph.ints(like.shape as readonly number[]) : shapeOf(like), like.shape)
}

/** The same numbers in the shape of another value, of which open sizes may be spelled in other words. */
export const shapedLike = (g: V, like: Value): V =>
  like.shape.every((d) => typeof d === 'number')
    ? reshape(g, like.shape)
    : g.graph.emit('Reshape', [g, shapeOf(like)], [g.dtype, like.shape])

/** Zeros like a value. */
export const zerosLike = (x: V): V => filled(shapeOf(x), x.shape, 0, x.dtype)

/** The same; where its sizes are known, without a look at its shape, which a graph of fixed sizes does without. */
export const nothingLike = (x: V): V =>
  x.shape.every((d) => typeof d === 'number') ? spread(x.graph.scalar(0, x.dtype), x) : zerosLike(x)

/** Axes along which a value of one shape was spread to another. */
function spreadAxes(from: Shape, to: Shape): number[] {
  const lead = to.length - from.length
  return to.flatMap((d, i) => (i < lead || (from[i - lead] === 1 && d !== 1) ? [i] : []))
}

/**
 * A gradient in the shape of the value that it is of: summed where that was broadcast, spread where the gradient is the
 * same along an axis.
 */
export function fitted(g: V, like: Value): V {
  if (sameShape(g.shape, like.shape)) return g
  const wide = broadcast(g.shape, like.shape)
  if (!wide) throw new GraphError('E_SHAPE', like.name, `a gradient [${g.shape}] does not fit`, { value: like })
  const full = sameShape(wide, like.shape) ? spread(g, like) : g
  const axes = spreadAxes(like.shape, full.shape)
  return axes.length === 0 ? full : shapedLike(reduceSum(full, { axes, keep: true }), like)
}
