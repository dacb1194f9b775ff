import { type AnyTensor, isReal } from '../../io/index.js'
import type { GraphNode } from '../../onnx/index.js'
import { type Comparison, compare } from '../compare/compare.js'
import { elementAt } from '../compare/scalar.js'
import type { Trace } from './trace.js'

/**
 * When two values agree: |b − a| ≤ atol + rtol·max|a|, over the whole tensor, because an element that cancels to nearly
 * 0 carries the rounding of its neighbours. Integers, booleans and strings agree only if equal.
 */
export interface LayerTolerance {
  readonly rtol: number
  readonly atol: number
}

/** How a value came out on both sides. */
export interface LayerValue {
  readonly name: string
  readonly comparison: Comparison
  /** Largest difference over largest element; 0 where nothing differs. */
  readonly relative: number
}

/** A node whose inputs agree and whose outputs do not. */
export interface Origin {
  /** Its place in topological order. */
  readonly index: number
  readonly node: GraphNode
  /** Its outputs that differ; none where it does not run at all. */
  readonly outputs: readonly LayerValue[]
  /** Why it does not run. */
  readonly failure?: string
}

/** Two traces held against each other. */
export interface Layers {
  readonly compared: readonly LayerValue[]
  /** Nodes that make the first difference on their way, in topological order. */
  readonly origins: readonly Origin[]
  /** Values that only one side has. */
  readonly onlyA: readonly string[]
  readonly onlyB: readonly string[]
}

function largest(tensor: AnyTensor): number {
  let most = 0
  for (let i = 0; i < tensor.data.length; i++) {
    const size = Math.abs(Number(elementAt(tensor, i)))
    if (size > most && Number.isFinite(size)) most = size
  }
  return most
}

/** Compares one value of two sides. */
export function compareLayer(name: string, a: AnyTensor, b: AnyTensor, { rtol, atol }: LayerTolerance): Comparison {
  const limit = isReal(a.dtype) ? atol + (rtol === 0 ? 0 : rtol * largest(a)) : 0
  // NaN inside a graph is legitimate: a Where chooses another value for it.
  return compare(name, a, b, { rtol: 0, atol: limit, allowBothNan: true, allowEmpty: true })
}

function originAt(b: Trace, index: number, differing: ReadonlyMap<string, LayerValue>): Origin | undefined {
  const node = b.graph.nodes[index] as GraphNode
  if (node.reads.some((name) => differing.has(name))) return undefined
  if (index === b.ran && b.failure !== undefined) return { index, node, outputs: [], failure: b.failure }
  const outputs = node.outputs.flatMap((name) => differing.get(name) ?? [])
  return outputs.length === 0 ? undefined : { index, node, outputs }
}

/**
 * Compares every value two traces have in common, and finds the nodes of `b` at which they part: all that a node reads
 * agrees, constants aside, and something it makes does not.
 */
export function compareLayers(a: Trace, b: Trace, tolerance: LayerTolerance): Layers {
  const names = b.graph.nodes.flatMap((n) => n.outputs)
  const compared: LayerValue[] = []
  for (const name of names) {
    const [left, right] = [a.values.get(name), b.values.get(name)]
    if (!left || !right) continue
    const comparison = compareLayer(name, left, right, tolerance)
    const worst = comparison.worstAbs?.value ?? 0
    compared.push({ name, comparison, relative: worst === 0 ? 0 : worst / largest(left) })
  }
  const differing = new Map(compared.filter((v) => !v.comparison.pass).map((v) => [v.name, v]))
  const origins = b.graph.nodes.flatMap((_, i) => originAt(b, i, differing) ?? [])
  const made = new Set(names)
  return {
    compared,
    origins,
    onlyA: a.graph.nodes.flatMap((n) => n.outputs).filter((name) => !made.has(name)),
    onlyB: names.filter((name) => !a.values.has(name) && b.values.has(name)),
  }
}
