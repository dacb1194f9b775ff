import { must } from '../../io/index.js'
import { expectTypes, takes } from '../checked/checks.js'
import { GraphError } from '../graph/errors.js'
import type { Graph } from '../graph/graph.js'
import type { Node } from '../graph/model.js'
import { namesRead } from '../graph/walk.js'
import { add } from '../math.js'
import { applied, carries, type V } from './applied.js'
import { fitted, spread, zerosLike } from './axes.js'
import type { Part, Rule } from './rule.js'
import { stops } from './rules/stops.js'
import { rules } from './rules.js'

export const ruleOf = ({ op, domain = '' }: Node): Rule | undefined =>
  domain === '' && Object.hasOwn(rules, op) ? rules[op] : undefined

const passes = ({ op, domain = '' }: Node): boolean => !(domain === '' && stops.has(op))

/** The operands through which a change reaches the results; without a rule all that the node reads. */
function differentiated(node: Node): readonly string[] {
  const rule = ruleOf(node)
  if (!rule) return namesRead(node)
  return rule.by ? rule.by.flatMap((place) => node.inputs[place] ?? []) : node.inputs
}

/** A value by its name, whatever is known of it. */
export type Named = Pick<V, 'name'>

/** The nodes between the values asked for and those differentiated, in order. @param held values that count as constant */
export function pathOf(graph: Graph, of: readonly Named[], by: readonly Named[], held: readonly Named[] = []): Node[] {
  const constant = new Set(held.map((v) => v.name))
  const reached = new Set(by.map((v) => v.name))
  const down = graph.root.nodes.filter((node) => {
    if (!passes(node) || !differentiated(node).some((name) => reached.has(name))) return false
    const free = node.outputs.filter((name) => name !== '' && !constant.has(name))
    for (const name of free) if (carries(graph.types.get(name))) reached.add(name)
    return free.length > 0
  })
  const wanted = new Set(of.map((v) => v.name))
  const up = down.toReversed().filter((node) => {
    if (!node.outputs.some((name) => wanted.has(name))) return false
    for (const name of differentiated(node)) wanted.add(name)
    return true
  })
  return up.reverse()
}

/** What a node passes back to its operands, by name. @throws GraphError for a node without a rule, or one that it cannot be */
export function contributions(graph: Graph, node: Node, g: readonly Part[]): readonly (readonly [string, V])[] {
  const rule = ruleOf(node)
  if (!rule) {
    const hint = 'freeze everything above this node, or write it with other operators'
    throw new GraphError('E_GRADIENT', node.name, `the operator ${node.op} has no rule`, {}, hint)
  }
  const n = applied(graph, node)
  return sound(node, () =>
    graph.scope(node.name, () =>
      rule.back(n, g).flatMap((part, place) => {
        const operand = n.x[place]
        return part && operand ? [[operand.name, fitted(part, operand)] as const] : []
      }),
    ),
  )
}

/** Of a node that contradicts itself, as only nodes of foreign models do, a rule cannot make sense. */
function sound<T>(node: Node, rule: () => T): T {
  try {
    return rule()
  } catch (error) {
    if (error instanceof GraphError) throw error
    throw new GraphError(
      'E_GRADIENT',
      node.name,
      `the node cannot be derived: ${(error as Error).message}`,
      {},
      checker,
    )
  }
}

const checker = 'check the model with onnx.checker'

/** A value that is differentiated, and the gradient of the whole by it, in its shape. */
export interface Seed {
  readonly of: V
  readonly gradient: V
}

/**
 * The gradient of a whole by values, from its gradients by others that they make, written into their graph: reverse mode,
 * node by node back.
 * @param held values through which no gradient goes, of `by` too, which are then differentiated by as if nothing made them
 * @returns in the shapes of `by`; zeros where nothing depends on one
 * @throws GraphError E_GRADIENT, which names the node, where an operator between has no rule as it is used
 */
export function gradientsThrough(
  seeds: readonly [Seed, ...Seed[]],
  by: readonly V[],
  held: readonly Named[] = [],
): V[] {
  const [{ of: { graph } }] = seeds // biome-ignore format: one line
  return graph.scope('gradient', () => {
    const path = pathOf(
      graph,
      seeds.map(({ of }) => of),
      by,
      held,
    )
    const sums = new Map<string, V>()
    const put = (name: string, part: V): void => {
      const before = sums.get(name)
      sums.set(name, before ? add(before, part) : part)
    }
    for (const { of, gradient } of seeds) put(of.name, fitted(gradient, of))
    for (const node of path.toReversed()) {
      const g = node.outputs.map((name) => (held.some((v) => v.name === name) ? undefined : sums.get(name)))
      if (g.every((part) => part === undefined)) continue
      for (const [name, part] of contributions(graph, node, g)) put(name, part)
    }
    return by.map((v) => sums.get(v.name) ?? zerosLike(v))
  })
}

/**
 * The gradient of a value by others, written into their graph.
 * @param of what is differentiated; of several numbers their sum, or `seed` says how they weigh
 * @returns in the shapes of `by`; zeros where nothing depends on one
 * @throws GraphError E_GRADIENT, which names the node, where an operator between has no rule as it is used
 */
export function gradients(of: V, by: readonly V[], seed?: V): V[] {
  expectTypes('gradients', [takes.value, takes.values, must.optional(takes.value)], [of, by, seed])
  const one = () => of.graph.scope('gradient', () => spread(of.graph.scalar(1, of.dtype), of))
  return gradientsThrough([{ of, gradient: seed ?? one() }], by)
}
