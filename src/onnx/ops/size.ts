import type { Graph } from '../graph/graph.js'
import type { Dim } from '../graph/model.js'
import type { Value } from '../graph/value.js'
import { mul } from './elementwise.js'

/**
 * Size of a dimension: its number, or what it is when the graph runs, where attributes of a function set it; undefined
 * when only the shape of a value tells. Products of such sizes are known too.
 */
export function sizeOfDim(graph: Graph, dim: Dim): Value<'int64'> | number | undefined {
  if (typeof dim === 'number') return dim
  const known = graph.sizes.get(dim)
  const factors = dim.split('*').map((factor) => (/^\d+$/.test(factor) ? Number(factor) : graph.sizes.get(factor)))
  if (known || factors.includes(undefined)) return known
  const [first, ...rest] = factors.toSorted((a, b) => Number(typeof a === 'number') - Number(typeof b === 'number'))
  return rest.reduce<Value<'int64'>>((product, factor) => mul(product, factor as number), first as Value<'int64'>)
}
