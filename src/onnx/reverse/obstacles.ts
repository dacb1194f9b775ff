import { GraphError } from '../graph/errors.js'
import type { Graph } from '../graph/graph.js'
import type { Node } from '../graph/model.js'
import { carries, type V } from './applied.js'
import { zerosLike } from './axes.js'
import { contributions, type Named, pathOf, ruleOf } from './gradients.js'

/** A node that no gradient goes through. */
export interface Obstacle {
  readonly node: string
  readonly op: string
  readonly why: string
  /** What mends it. */
  readonly remedy: string
}

const frozen = 'freeze everything above this node'

/** What follows from sizes that nobody can tell is no news. */
const follows = (graph: Graph, node: Node): boolean => node.inputs.some((name) => name !== '' && !graph.types.has(name))

function obstacleAt(graph: Graph, node: Node): Obstacle[] {
  const at = { node: node.name, op: node.op }
  if (!ruleOf(node)) return [{ ...at, why: 'it has no rule', remedy: `${frozen}, or write it with other operators` }]
  if (follows(graph, node)) return []
  const half = [...node.inputs, ...node.outputs].find((name) => graph.types.get(name)?.dtype === 'float16')
  if (half !== undefined) return [{ ...at, why: 'it works in float16', remedy: `export it as float32, or ${frozen}` }]
  const unknown = node.outputs.some((name) => name !== '' && !graph.types.has(name))
  if (unknown) return [{ ...at, why: 'its sizes cannot be told beforehand', remedy: 'export it with fixed sizes' }]
  try {
    const g = node.outputs.map((name) => {
      const of = name === '' ? undefined : graph.valueOf(name)
      return of && carries(of) ? zerosLike(of as V) : undefined
    })
    contributions(graph, node, g)
    return []
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    return [{ ...at, why: error.what, remedy: error.hint ?? frozen }]
  }
}

/**
 * The nodes between values and what they are differentiated by that have no rule as they are used: all of them, where
 * `gradients` stops at the first. It writes into the graph.
 */
export const obstacles = (graph: Graph, of: readonly Named[], by: readonly Named[]): Obstacle[] =>
  pathOf(graph, of, by).flatMap((node) => obstacleAt(graph, node))
