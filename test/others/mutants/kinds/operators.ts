import { type Node, operation } from '../../../../src/onnx/graph/model.js'
import type { Fault } from '../mutants.js'
import { after, before, type Site, scalarOf } from '../sites.js'

/** Operators of the same operands. */
const others: Readonly<Record<string, readonly string[]>> = {
  Add: ['Sub'],
  Sub: ['Add'],
  Mul: ['Div', 'Add'],
  Div: ['Mul'],
  Mod: ['Div'],
  Max: ['Min'],
  Min: ['Max'],
  Less: ['Greater', 'LessOrEqual'],
  Greater: ['Less', 'GreaterOrEqual'],
  LessOrEqual: ['Less'],
  GreaterOrEqual: ['Greater'],
  And: ['Or'],
  Or: ['And'],
  Exp: ['Softplus'],
  Log: ['Sqrt'],
  Sigmoid: ['Identity', 'HardSigmoid'],
  Abs: ['Identity', 'Neg'],
  Neg: ['Identity'],
  Not: ['Identity'],
  Relu: ['Identity', 'Abs'],
  Floor: ['Ceil', 'Round'],
}

/** Reductions of the same axes, which all but the sum have as an attribute. */
const reductions: Readonly<Record<string, readonly string[]>> = {
  ReduceSum: ['ReduceMax', 'ReduceMean'],
  ReduceMean: ['ReduceMax'],
  ReduceMax: ['ReduceMin', 'ReduceMean'],
  ReduceProd: ['ReduceMax', 'ReduceMean'],
}

const named = (op: string, node: Node, rest: Partial<Node> = {}): Fault => ({
  what: `${op} for ${node.op}`,
  change: { nodes: [{ ...node, op, ...rest }] },
})

function reduced({ node, constant }: Site): Fault[] {
  const axes = node.inputs[1] === undefined ? undefined : constant(node.inputs[1])
  const ints = axes ? { axes: { ints: Array.from(axes.data as BigInt64Array, Number) } } : {}
  const rest = { inputs: node.inputs.slice(0, 1), attributes: { ...node.attributes, ...ints } }
  return (reductions[node.op] ?? []).map((op) => named(op, node, rest))
}

const negated = (site: Site): Fault => ({
  what: 'its opposite',
  change: { nodes: after(site, (a, b) => [operation('Not', [a], b)]) },
})

/** A node with other attributes. */
function set({ node }: Site, attributes: Node['attributes'], what: string): Fault {
  return { what, change: { nodes: [{ ...node, attributes: { ...node.attributes, ...attributes } }] } }
}

/** What attributes decide. */
function settings(site: Site): Fault[] {
  const { node, typeOf } = site
  const rank = typeOf(node.inputs[0] ?? '')?.shape.length ?? 0
  const { axis, perm } = node.attributes
  const turned = perm && 'ints' in perm ? [...perm.ints.slice(1), ...perm.ints.slice(0, 1)] : []
  const own = axis && 'int' in axis ? (axis.int + rank) % Math.max(rank, 1) : 0
  const ofOperator: Readonly<Record<string, () => Fault[]>> = {
    CumSum: () => [set(site, { exclusive: { int: 1 } }, 'exclusive'), set(site, { reverse: { int: 1 } }, 'reverse')],
    TopK: () => [set(site, { largest: { int: 0 } }, 'the smallest')],
    ScatterND: () => [set(site, { reduction: { string: 'add' } }, 'adds')],
    ScatterElements: () => [set(site, { reduction: { string: 'add' } }, 'adds')],
    Transpose: () => [set(site, { perm: { ints: turned } }, 'axes turned')],
  }
  return [
    ...(axis && rank > 1 ? [set(site, { axis: { int: (own + 1) % rank } }, 'next axis')] : []),
    ...(ofOperator[node.op]?.() ?? []),
  ]
}

/** One turn of a loop fewer. */
function turns(site: Site): Fault[] {
  if (site.node.op !== 'Loop') return []
  const one = scalarOf(site, 'one', 'int64', 1)
  const nodes = before(site, 0, (a, b) => [operation('Sub', [a, one.name], b)])
  return [{ what: 'a turn less', change: { nodes, constants: [one] } }]
}

/** Another operator, another comparison, another axis. */
export function inOperators(site: Site): Fault[] {
  const { node, typeOf } = site
  const isTruth = typeOf(node.outputs[0] ?? '')?.dtype === 'bool'
  return [
    ...(others[node.op] ?? []).map((op) => named(op, node)),
    ...reduced(site),
    ...settings(site),
    ...turns(site),
    ...(isTruth && node.op !== 'Not' ? [negated(site)] : []),
  ]
}
