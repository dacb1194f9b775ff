import { type AnyTensor, printable, quoted } from '../../io/index.js'
import { type Dissection, type GraphNode, tensorFrom } from '../../onnx/index.js'
import { elementAt } from '../compare/scalar.js'

const shown = 6

type Values = ReadonlyMap<string, AnyTensor>

/** A constant that two nodes read in the same place and that is not the same in both. */
interface ConstantDifference {
  /** What the graph calls it whose node differs. */
  readonly name: string
  readonly words: string
}

/** What a constant holds; undefined for what is none, or cannot be read. */
function constantOf(graph: Dissection, name: string): AnyTensor | undefined {
  const constant = graph.constants.get(name)
  try {
    return constant && tensorFrom(constant, name).tensor
  } catch {
    return undefined
  }
}

/** Where two constants of one type and shape part; −1 where they are equal, undefined where they are of two kinds. */
function partingOf(a: AnyTensor, b: AnyTensor): number | undefined {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return undefined
  for (let i = 0; i < a.data.length; i++) if (!Object.is(elementAt(a, i), elementAt(b, i))) return i
  return -1
}

/** A constant as text: its first values, or that at which it parts where this is beyond them. */
function spelled(tensor: AnyTensor, at: number): string {
  const kind = `${tensor.dtype}[${tensor.shape}]`
  if (at >= shown) return `${kind} with ${elementAt(tensor, at)} as element ${at}`
  const values = Array.from({ length: Math.min(tensor.data.length, shown) }, (_, i) => elementAt(tensor, i))
  return `${kind} ${values.join(', ')}${tensor.data.length > shown ? ', …' : ''}`
}

/** What two names stand for: equal or different constants; undefined where one of them is no constant. */
function constants(there: AnyTensor | undefined, here: AnyTensor | undefined, names: readonly [string, string]) {
  if (!there || !here) return undefined
  const [other, own] = names
  const at = partingOf(there, here)
  if (at === -1) return 'equal'
  const called = own === other ? '' : `graph ${quoted(other)} is `
  const words = `its constant ${quoted(own)} is ${spelled(here, at ?? 0)}, in the other ${called}${spelled(there, at ?? 0)}`
  return { name: own, words }
}

function operands(a: GraphNode, b: GraphNode): string {
  const list = (names: readonly string[]) => names.map((n) => printable(n) || '(none)').join(', ')
  return `it reads (${list(b.inputs)}) where the other graph reads (${list(a.inputs)})`
}

/** What distinguishes a node from the one that makes the same value in another graph. */
interface Differences {
  readonly constants: readonly ConstantDifference[]
  /** All of it in words, that of the constants too. */
  readonly words: readonly string[]
}

/** Pairs of what two nodes read in the same place, then of what their subgraphs take from outside. */
function pairsOf(a: GraphNode, b: GraphNode): [string, string][] {
  const places = Math.max(a.inputs.length, b.inputs.length)
  const inputs = Array.from({ length: places }, (_, i): [string, string] => [a.inputs[i] ?? '', b.inputs[i] ?? ''])
  const inside = b.reads.filter((name) => !b.inputs.includes(name)).map((name): [string, string] => [name, name])
  return [...inputs, ...inside]
}

/**
 * What distinguishes a node of one graph from the node that makes the same value in another.
 * @param values of the other graph: it may compute what is a constant here
 */
export function differencesOf(a: Dissection, b: Dissection, node: GraphNode, values: Values = new Map()): Differences {
  const other = a.nodes.find((n) => n.outputs.some((o) => node.outputs.includes(o)))
  if (!other) return { constants: [], words: ['the other graph has no such node'] }
  const found = pairsOf(other, node).map(([there, here]) => {
    // What the other node reads in another place is another operand, and no other constant.
    if (there !== here && other.inputs.includes(here)) return 'operands'
    const met = constants(constantOf(a, there) ?? values.get(there), constantOf(b, here), [there, here])
    return met ?? (there === here ? 'equal' : 'operands')
  })
  const differing = found.flatMap((f) => (typeof f === 'string' ? [] : [f]))
  const words = [
    ...(other.op === node.op ? [] : [`it is ${printable(node.op)}, in the other graph ${printable(other.op)}`]),
    ...(found.includes('operands') ? [operands(other, node)] : []),
    ...differing.map((d) => d.words),
    ...(other.attributes() === node.attributes() ? [] : ['its attributes differ']),
  ]
  return { constants: differing, words }
}

/** The same in words. */
export const causesOf = (a: Dissection, b: Dissection, node: GraphNode, values?: Values): readonly string[] =>
  differencesOf(a, b, node, values).words
