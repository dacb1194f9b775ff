import type { Real } from '../../../io/index.js'
import { type Dim, product, tensorOf, type Value } from '../../../onnx/index.js'
import { equal } from '../../../onnx/logic.js'
import { add, matMul, mul } from '../../../onnx/math.js'
import { range, scatterRows } from '../../../onnx/select.js'
import { cast, expand, flatten, reshape, reshapeLike, shapeOf, unsqueeze } from '../../../onnx/shape.js'
import { fullLike } from '../full.js'
import type { Matches } from '../matches/match.js'
import type { Scale } from '../scale.js'

/** Places of matches among the rows of predictions of all images `[B, K]`. */
export function placesOf({ graph, sizes, extent, rows }: Scale, index: Value<'int64'>): Value<'int64'> {
  const [b, [cells, size]] = [extent.b, rows]
  if (b === 1) return index
  if (typeof b !== 'number' || typeof cells !== 'number')
    return add(index, mul(unsqueeze(range(sizes.b, b), [1]), size))
  const starts = Array.from({ length: b }, (_, i) => i * cells)
  return add(index, graph.constant(tensorOf('int64', [b, 1], starts), 'images'))
}

/** The opset from which entries can be added up where they are put. */
const addsFrom = 16

/**
 * Numbers of matches `[B, K, 5+C]`, 0 for those that do not exist, where their rows of predictions are, added up where
 * several share one: `[B, h·w·A, 5+C]`.
 */
export function inRows<D extends Real>(scale: Scale<D>, matches: Matches<D>, g: Value<D>): Value<D> {
  if (matches.everyRow) return g
  const { logits, graph, extent, rows, dtype } = scale
  const [, K, entries] = g.shape as [Dim, Dim, Dim]
  return graph.scope('rows', () => {
    const table = reshape(logits, [product([extent.b, rows[0]]), entries])
    const none = fullLike(table, 0, dtype)
    const at = unsqueeze(flatten(placesOf(scale, matches.index)), [1]) // [B·K, 1]
    const flat = (v: Value<D>) => reshape(v, [product([extent.b, K]), entries])
    if (graph.opset < addsFrom) return reshapeLike(scatterRows(none, at, flat(totals(matches, g))), logits)
    const own = flat(g)
    const every = spreadTo(own, at)
    const attributes = { axis: { int: 0 }, reduction: { string: 'add' } } as const
    return reshapeLike(graph.emit('ScatterElements', [none, every, own], [dtype, table.shape], attributes), logits)
  })
}

/** A column as wide as another value. */
function spreadTo(like: Value, column: Value<'int64'>): Value<'int64'> {
  const { graph, shape } = like
  const known = shape.every((d) => typeof d === 'number')
  return expand(column, known ? graph.ints(shape as number[]) : shapeOf(like), shape)
}

/** The sum over all matches that share a row with one, for each: then it does not matter which is written last. */
function totals<D extends Real>({ index }: Matches<D>, g: Value<D>): Value<D> {
  const same = equal(unsqueeze(index, [2]), unsqueeze(index, [1])) // [B, K, K]
  return matMul(cast(same, g.dtype), g)
}
