import { type AnyTensor, isDType, refuse, sizeOf } from '../../io/index.js'
import { dataTypeName } from '../graph/dtypes.js'
import { Graph, opsetRange } from '../graph/graph.js'
import type { Attribute, Initializer, Node, ValueInfo } from '../graph/model.js'
import { exact } from '../proto/codec.js'
import { isExternal, tensorFrom } from '../proto/decode.js'
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from '../proto/messages.js'
import { inOrder } from '../proto/order.js'
import { inference } from './inference.js'
import { type Known, mostNumbers, UnknownSize } from './known.js'

/** A model of anybody's as a graph of ours: its values by name, with the sizes that its inputs give them. */
export interface Foreign {
  readonly graph: Graph
  /** Why the sizes of some results are not known, by the name of their node. */
  readonly unknown: ReadonlyMap<string, string>
}

/** Attribute types of ONNX by number. */
const kinds: Readonly<Record<number, (a: AttributeProto, file: string) => Attribute | undefined>> = {
  1: ({ f }) => ({ float: f }),
  2: ({ i }) => ({ int: exact(i) }),
  3: ({ s }) => ({ string: new TextDecoder().decode(s) }),
  4: ({ t }, file) => {
    const tensor = t && !isExternal(t) ? tensorFrom(t, file).tensor : undefined
    return tensor && isDType(tensor.dtype) ? ({ tensor } as Attribute) : undefined
  },
  6: ({ floats }) => ({ floats }),
  7: ({ ints }) => ({ ints: ints.map(exact) }),
}

function nodeOf({ name, opType, domain, input, output, attribute }: NodeProto, file: string): Node {
  const attributes = attribute.flatMap((a): [string, Attribute][] => {
    const own = kinds[a.type]?.(a, file)
    return own ? [[a.name, own]] : []
  })
  const own = domain === 'ai.onnx' ? '' : domain
  return {
    name: name || (output[0] ?? ''),
    op: opType,
    ...(own !== '' && { domain: own }),
    inputs: input,
    outputs: output,
    attributes: Object.fromEntries(attributes),
  }
}

/** A constant: what it is, and its numbers where they are few and in the file itself. */
function constantOf(t: TensorProto, file: string): Known & { readonly tensor?: AnyTensor } {
  const shape = t.dims.map(exact)
  const dtype = dataTypeName(t.dataType)
  if (sizeOf(shape) > mostNumbers || isExternal(t) || !isDType(dtype)) return { dtype, shape }
  const { tensor } = tensorFrom(t, file)
  return { dtype, shape, tensor, values: Array.from(tensor.data as Float32Array, Number) }
}

/** The results of a node as far as they can be told. */
function resultsOf(node: Node, known: ReadonlyMap<string, Known>, opset: number): readonly Known[] {
  const infer = node.domain ? undefined : inference[node.op]
  if (!infer || !Object.hasOwn(inference, node.op)) throw new UnknownSize(`${node.op} is not known`)
  const x = node.inputs.map((name) => {
    if (name === '') return undefined
    const own = known.get(name)
    if (!own) throw new UnknownSize(`${node.op} takes ${name}, of which nothing is known`)
    return own
  })
  return infer({ node, opset, x })
}

/**
 * Takes a model of anybody's over into a graph, node by node, and works out the sizes of all values from those of its inputs.
 * @param sizes of the inputs that are fed, by name
 * @throws InputError for an opset that the builder does not know
 */
export function foreignGraph(
  proto: GraphProto,
  opset: number,
  sizes: ReadonlyMap<string, Known>,
  file: string,
): Foreign {
  const { min, max } = opsetRange
  if (opset < min || opset > max) refuse('E_OPSET', file, `opset ${opset} is none from ${min} to ${max}`)
  const known = new Map<string, Known>(sizes)
  const constants = new Map(proto.initializer.map((t) => [t.name, constantOf(t, file)]))
  for (const [name, constant] of constants) known.set(name, constant)
  const unknown = new Map<string, string>()
  const nodes = inOrder(proto.node).map((node) => nodeOf(node, file))
  for (const node of nodes)
    try {
      for (const [i, result] of resultsOf(node, known, opset).entries()) {
        const name = node.outputs[i]
        if (name) known.set(name, result)
      }
    } catch (error) {
      if (!(error instanceof UnknownSize)) throw error
      unknown.set(node.name, error.message)
    }
  return { graph: graphOf(nodes, known, constants, opset), unknown }
}

function graphOf(
  nodes: readonly Node[],
  known: ReadonlyMap<string, Known>,
  constants: ReadonlyMap<string, Known & { readonly tensor?: AnyTensor }>,
  opset: number,
): Graph {
  const graph = new Graph({ opset })
  const made = new Set(nodes.flatMap((n) => n.outputs))
  const info = ([name, { dtype, shape }]: readonly [string, Known]): ValueInfo[] =>
    isDType(dtype) ? [{ name, dtype, shape }] : []
  const small = [...constants].flatMap(([name, { tensor }]): Initializer[] =>
    tensor ? [{ name, tensor: tensor as Initializer['tensor'] }] : [],
  )
  const stored = new Set(small.map(({ name }) => name))
  const entries = [...known].filter(([name]) => !stored.has(name))
  graph.adopt({
    name: 'foreign',
    inputs: entries.filter(([name]) => !made.has(name)).flatMap(info),
    outputs: [],
    initializers: small,
    nodes,
    values: entries.filter(([name]) => made.has(name)).flatMap(info),
  })
  for (const [name, { values }] of entries) if (values) graph.constants.folded.set(name, values)
  return graph
}
