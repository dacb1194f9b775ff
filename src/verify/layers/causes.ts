import { printable, quoted } from '../../io/index.js'
import { type Dissection, type GraphNode, tensorFrom } from '../../onnx/index.js'
import { elementAt } from '../compare/scalar.js'

const shown = 6

/** A constant as text, its first values if it is long; '' if it cannot be read. */
function spelled(graph: Dissection, name: string): string {
  const constant = graph.constants.get(name)
  if (!constant) return ''
  try {
    const { tensor } = tensorFrom(constant, name)
    const values = Array.from({ length: Math.min(tensor.data.length, shown) }, (_, i) => elementAt(tensor, i))
    return `${tensor.dtype}[${tensor.shape}] ${values.join(', ')}${tensor.data.length > shown ? ', …' : ''}`
  } catch {
    return ''
  }
}

function operands(a: GraphNode, b: GraphNode): string[] {
  if (a.inputs.join('\n') === b.inputs.join('\n')) return []
  const list = (names: readonly string[]) => names.map((n) => printable(n) || '(none)').join(', ')
  return [`it reads (${list(b.inputs)}) where the other graph reads (${list(a.inputs)})`]
}

/** What distinguishes a node of one graph from the node that makes the same value in another, in words. */
export function causesOf(a: Dissection, b: Dissection, node: GraphNode): string[] {
  const other = a.nodes.find((n) => n.outputs.some((o) => node.outputs.includes(o)))
  if (!other) return ['the other graph has no such node']
  const constants = node.reads.flatMap((name) => {
    const [here, there] = [spelled(b, name), spelled(a, name)]
    return here !== there && there !== ''
      ? [`its constant ${quoted(name)} is ${here || 'none'}, in the other ${there}`]
      : []
  })
  return [
    ...(other.op === node.op ? [] : [`it is ${printable(node.op)}, in the other graph ${printable(other.op)}`]),
    ...operands(other, node),
    ...constants,
    ...(other.attributes() === node.attributes() ? [] : ['its attributes differ']),
  ]
}
