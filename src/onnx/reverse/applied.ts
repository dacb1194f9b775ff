import { type DType, isReal, type Real } from '../../io/index.js'
import { GraphError } from '../graph/errors.js'
import type { Graph } from '../graph/graph.js'
import type { Node, Shape } from '../graph/model.js'
import type { Value } from '../graph/value.js'

/** A value that a gradient can go through. */
export type V = Value<Real>

/** A node with its operands and results, as a rule sees it. */
export interface Applied {
  readonly graph: Graph
  readonly node: Node
  /** Operands by place; undefined for one that is left out. */
  readonly x: readonly (Value | undefined)[]
  /** Results by place. */
  readonly y: readonly Value[]
}

/** The node among the values of its graph. */
export function applied(graph: Graph, node: Node): Applied {
  const values = (names: readonly string[]) => names.map((name) => (name === '' ? undefined : graph.valueOf(name)))
  return { graph, node, x: values(node.inputs), y: values(node.outputs) as Value[] }
}

/** An operand that the operator cannot do without. */
export const operand = ({ node, x }: Applied, place = 0): V => {
  const value = x[place]
  if (value && isReal(value.dtype)) return value as V
  throw new GraphError('E_GRADIENT', node.name, `operand ${place} of ${node.op} is no real number`)
}

/** A result of real numbers. */
export const result = ({ y }: Applied, place = 0): V => y[place] as V

/** Refuses a node whose gradient has no rule as it is used. @throws GraphError E_GRADIENT always */
export function cannot({ node, x, graph }: Applied, why: string, hint = 'freeze everything above this node'): never {
  const operands = Object.fromEntries(x.flatMap((v, i) => (v ? [[`operand ${i}`, v]] : [])))
  throw new GraphError('E_GRADIENT', node.name || graph.at(node.op), `${node.op} ${why}`, operands, hint)
}

/** The numbers of an operand that is constant; undefined for one that is left out. @throws GraphError E_GRADIENT */
export function constantOf(n: Applied, place: number): readonly number[] | undefined {
  const value = n.x[place]
  if (!value) return undefined
  const made = n.graph.root.nodes.find(({ outputs }) => outputs.includes(value.name))
  const given = made?.op === 'Constant' ? (made.attributes.value as { tensor?: never } | undefined)?.tensor : undefined
  const folded = n.graph.constants.folded.get(value.name)
  if (folded) return folded
  const tensor = n.graph.constants.tensors.get(value.name) ?? given
  if (tensor) return Array.from(tensor.data as Float32Array, Number)
  return cannot(n, `takes operand ${place} that is not constant`)
}

/** A shape without symbols. @throws GraphError E_GRADIENT */
export function sizesOf(n: Applied, { shape }: { readonly shape: Shape }): readonly number[] {
  if (shape.every((d) => typeof d === 'number')) return shape as readonly number[]
  return cannot(n, `has sizes that are open: [${shape}]`, 'give the model fixed sizes first')
}

/** Whether a gradient can go through a value; of one whose type is not known it may. */
export const carries = (info: { readonly dtype: DType } | undefined): boolean =>
  info === undefined || isReal(info.dtype)
