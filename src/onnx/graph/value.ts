import type { DType } from '../../io/index.js'
import type { Block, Graph } from './graph.js'
import type { Shape } from './model.js'

/**
 * The result of an operator, a graph input or a constant. Immutable, and made by a graph only: public names are given
 * once, by `Graph.build`.
 */
export interface Value<out D extends DType = DType> {
  /** Name inside the graph: the scope path and operator that made it. */
  readonly name: string
  readonly dtype: D
  readonly shape: Shape
  readonly graph: Graph
  /** The graph or subgraph in which it may be used. */
  readonly block: Block
}
