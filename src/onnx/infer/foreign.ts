import { type AnyTensor, expectArguments, isDType, must, quoted, refuse, sizeOf } from '../../io/index.js'
import { CheckedGraph } from '../checked/graph.js'
import { dataTypeName } from '../graph/dtypes.js'
import type { Graph } from '../graph/graph.js'
import type { Body, Initializer, Node, ValueInfo } from '../graph/model.js'
import { type GraphOptions, opsetRange } from '../graph/options.js'
import { decodeModel, exact } from '../proto/codec.js'
import { isExternal, tensorFrom } from '../proto/decode.js'
import type { GraphProto, TensorProto } from '../proto/messages.js'
import { inOrder } from '../proto/order.js'
import { readModel } from '../proto/read.js'
import { inference } from './inference.js'
import { type Known, mostNumbers, UnknownSize } from './known.js'
import { nodeOf } from './node.js'

/** A constant: what it is, and its numbers where they are few and in the file itself. */
interface Constant extends Known {
  readonly tensor?: AnyTensor
}

function constantOf(t: TensorProto, file: string): Constant {
  const shape = t.dims.map(exact)
  const dtype = dataTypeName(t.dataType)
  if (!isDType(dtype))
    refuse('E_TENSOR', file, `constant ${quoted(t.name)} is ${dtype}`, 'export it without quantisation')
  if (sizeOf(shape) > mostNumbers || isExternal(t)) return { dtype, shape }
  const { tensor } = tensorFrom(t, file)
  return { dtype, shape, tensor, values: Array.from(tensor.data as Float32Array, Number) }
}

/** Sizes of the inputs that are fed: as asked for, else as the model declares them. */
function fed(bytes: Uint8Array, sizes: Readonly<Record<string, readonly number[]>>, file: string) {
  const { inputs, opsets } = readModel(bytes, file)
  const odd = Object.keys(sizes).find((name) => !inputs.some((input) => input.name === name))
  if (odd !== undefined) refuse('E_INPUT', file, `there is no input ${quoted(odd)}`, 'name an input of the model')
  const known = inputs.map(({ name, dtype, shape }): [string, Known] => {
    if (!isDType(dtype))
      refuse('E_INPUT', file, `input ${quoted(name)} is ${dtype}`, 'export it with numbers of plain types')
    const own = sizes[name] ?? shape
    if (own?.every((d) => typeof d === 'number')) return [name, { dtype, shape: own as readonly number[] }]
    return refuse('E_INPUT', file, `input ${quoted(name)} has open sizes: [${shape ?? 'of any rank'}]`, 'give them')
  })
  return { known, opset: opsets.get('') ?? 0 }
}

/** What is known of the results of a node. @throws UnknownSize where that cannot be told */
function resultsOf(node: Node, known: ReadonlyMap<string, Known>, opset: number): readonly Known[] {
  const infer = !node.domain && Object.hasOwn(inference, node.op) ? inference[node.op] : undefined
  if (!infer) throw new UnknownSize(node.op)
  const x = node.inputs.map((name) => {
    const own = known.get(name)
    if (name !== '' && !own) throw new UnknownSize(name)
    return own
  })
  return infer({ node, opset, x })
}

/** What contradicts itself, sizes cannot be worked out of. */
function refuseNode({ name, op }: Node, error: unknown, file: string): never {
  const what = `its sizes cannot be worked out: ${(error as Error).message}`
  return refuse('E_NODE', `${file}, node ${quoted(name)} (${op})`, what, 'check the model with onnx.checker')
}

/** Adds what is known of the results of nodes; a node that nothing can be told of is left out, and what follows from it. */
function inferAll(nodes: readonly Node[], known: Map<string, Known>, opset: number, file: string): void {
  for (const node of nodes)
    try {
      const results = resultsOf(node, known, opset)
      for (const [i, name] of node.outputs.entries()) if (name && results[i]) known.set(name, results[i])
    } catch (error) {
      if (!(error instanceof UnknownSize)) refuseNode(node, error, file)
    }
}

/**
 * Takes a model of anybody's over into a graph of the builder, under the names it has: its inputs and large constants become
 * inputs, and the sizes of all values are worked out from those of its inputs. So `gradients` can derive it, and operators be
 * added. A value whose sizes cannot be told before the model runs, the graph does not know by name.
 * @param sizes of inputs whose sizes the model leaves open, by name
 * @param file what to call it in messages
 * @throws InputError for bytes that are no model, an opset that the builder does not know, sizes that stay open, control flow,
 *   operators of other domains, and types that the builder does not have
 */
export function graphOfModel(
  bytes: Uint8Array,
  sizes: Readonly<Record<string, readonly number[]>> = {},
  file = 'model',
): CheckedGraph {
  const checks = { bytes: must.bytes, sizes: must.named(must.list(must.whole(0))), file: must.text }
  expectArguments('graphOfModel', checks, { bytes, sizes, file })
  return takenOver((options) => new CheckedGraph(options), bytes, sizes, file)
}

/** The same into a graph of one's own. @param make the graph, once its opset is known */
export function takenOver<G extends Graph>(
  make: (options: GraphOptions) => G,
  bytes: Uint8Array,
  sizes: Readonly<Record<string, readonly number[]>>,
  file: string,
): G {
  const { known: inputs, opset } = fed(bytes, sizes, file)
  const { min, max } = opsetRange
  if (opset < min || opset > max)
    refuse(
      'E_OPSET',
      file,
      `its opset is ${opset}, none from ${min} to ${max}`,
      'convert it with onnx.version_converter',
    )
  const proto = decodeModel(bytes, file).graph as GraphProto
  const constants = new Map(proto.initializer.map((t) => [t.name, constantOf(t, file)]))
  const nodes = inOrder(proto.node).map((node) => nodeOf(node, file))
  const known = new Map<string, Known>([...inputs, ...constants])
  inferAll(nodes, known, opset, file)
  const graph = make({ opset })
  graph.adopt(bodyOf(nodes, known, constants))
  for (const [name, { values }] of known) if (values) graph.constants.folded.set(name, values)
  return graph
}

function bodyOf(
  nodes: readonly Node[],
  known: ReadonlyMap<string, Known>,
  constants: ReadonlyMap<string, Constant>,
): Body {
  const made = new Set(nodes.flatMap((n) => n.outputs))
  const initializers = [...constants].flatMap(([name, { tensor }]): Initializer[] =>
    tensor ? [{ name, tensor: tensor as Initializer['tensor'] }] : [],
  )
  const stored = new Set(initializers.map(({ name }) => name))
  const infos = (wanted: (name: string) => boolean) =>
    [...known].flatMap(([name, { dtype, shape }]): ValueInfo[] =>
      isDType(dtype) && !stored.has(name) && wanted(name) ? [{ name, dtype, shape }] : [],
    )
  const inputs = infos((name) => !made.has(name))
  return { name: 'model', inputs, outputs: [], initializers, nodes, values: infos((name) => made.has(name)) }
}
