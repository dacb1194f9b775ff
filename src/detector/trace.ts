import { allGraphs, allNodes, dataTypeName, type ModelValue, type NodeProto } from '../onnx/index.js'
import { intsOf } from './attributes.js'
import { functionKey } from './common.js'
import type { Detector } from './open.js'

/** Operators after which numbers are no logits any more, or no grid of predictions. */
const decoding = new Set(
  'Sigmoid HardSigmoid Softmax LogSoftmax Hardmax Exp Tanh NonMaxSuppression TopK ArgMax NonZero Loop Scan If'.split(
    ' ',
  ),
)

/** Operators that calculate a head from features. */
const computing = new Set(
  'Conv ConvTranspose Gemm MatMul Einsum QLinearConv QLinearMatMul ConvInteger MatMulInteger FusedConv'.split(' '),
)

/** What lies between a value and the convolutions it comes from. */
export interface Trace {
  /** Nodes that decode boxes, squash scores or choose among them. */
  readonly decoders: readonly NodeProto[]
  /** Values as convolutions made them, bias included: where a head could be cut. */
  readonly sources: readonly string[]
}

/** Follows a value back to the convolutions it is made from. */
export function traceBack(detector: Detector, value: string): Trace {
  const decoders = new Set<NodeProto>()
  const sources = new Set<string>()
  const seen = new Set<string>()
  const open = [value]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    const node = detector.producers.get(name)
    if (!node) continue
    if (computes(detector, node) || isBiased(detector, node)) sources.add(name)
    else {
      if (decodes(detector, node)) decoders.add(node)
      for (const input of node.input) open.push(input)
    }
  }
  return { decoders: [...decoders], sources: [...sources] }
}

/** Each function once: calls can be deeper than the stack, and twice as many at each depth. */
function isAny(detector: Detector, node: NodeProto, ops: ReadonlySet<string>): boolean {
  const seen = new Set<string>()
  const open = [node]
  for (let next = open.pop(); next; next = open.pop()) {
    const key = functionKey(next, next.opType)
    const body = detector.functions.get(key)
    if (!body && ops.has(next.opType)) return true
    if (!body || seen.has(key)) continue
    seen.add(key)
    for (const inner of body.node) open.push(inner)
  }
  return false
}
const decodes = (detector: Detector, node: NodeProto) => isAny(detector, node, decoding)
const computes = (detector: Detector, node: NodeProto) => !decodes(detector, node) && isAny(detector, node, computing)

/** Some exporters add the bias of a convolution in a node of its own. */
function isBiased(detector: Detector, node: NodeProto): boolean {
  if (node.opType !== 'Add') return false
  const fixed = node.input.filter((name) => isConstant(detector, name))
  const [from] = node.input.filter((name) => !fixed.includes(name)).map((name) => detector.producers.get(name))
  return fixed.length === 1 && from !== undefined && computes(detector, from)
}

const isConstant = (detector: Detector, name: string): boolean =>
  detector.initializers.has(name) || detector.producers.get(name)?.opType === 'Constant'

/**
 * Type of a value of the main graph: as declared, or worked out where a convolution or what merely moves its elements
 * makes it. A size that cannot be told is `''`.
 */
export function valueType(detector: Detector, name: string, depth = 0): ModelValue | undefined {
  const known = detector.types.get(name)
  if (known?.shape) return known
  const node = detector.producers.get(name)
  if (!node || depth > 8) return known
  if (node.opType === 'Conv') return convolved(detector, name, node)
  if (!['Add', 'Identity', 'LeakyRelu', 'Relu', 'Transpose'].includes(node.opType)) return known
  const from = node.input.find((input) => !isConstant(detector, input))
  const type = from === undefined ? undefined : valueType(detector, from, depth + 1)
  if (!type?.shape) return known
  if (node.opType !== 'Transpose') return { ...type, name }
  const perm = intsOf(node, 'perm')
  return { ...type, name, shape: perm ? perm.map((axis) => type.shape?.[axis] ?? '') : type.shape.toReversed() }
}

/** `float32[1,255,13,13]`; unknown sizes as `?`. */
export function declaredType(detector: Detector, name: string): string {
  const type = valueType(detector, name)
  if (!type) return 'of unknown type'
  return `${type.dtype}[${type.shape?.map((d) => (d === '' ? '?' : d)).join(',') ?? '…'}]`
}

function convolved(detector: Detector, name: string, node: NodeProto): ModelValue | undefined {
  const weights = detector.initializers.get(node.input[1] ?? '')
  if (!weights || weights.dims.length < 3) return undefined
  const shape = ['', Number(weights.dims[0]), ...weights.dims.slice(2).map(() => '')]
  return { name, dtype: dataTypeName(weights.dataType), shape }
}

/** Every value name and node name that a model uses anywhere, and every symbolic dimension. */
export function namesIn({ model }: Detector): { values: Set<string>; nodes: Set<string>; symbols: Set<string> } {
  const nodes = allNodes(model)
  const graphs = allGraphs(model)
  const infos = graphs.flatMap((g) => [...g.input, ...g.output, ...g.valueInfo])
  const values = [
    ...infos.map((v) => v.name),
    ...graphs.flatMap((g) => g.initializer.map((t) => t.name)),
    ...nodes.flatMap((n) => [...n.input, ...n.output]),
  ]
  const dims = infos.flatMap((v) => v.type?.tensorType?.shape?.dim ?? [])
  return {
    values: new Set(values),
    nodes: new Set(nodes.map((n) => n.name)),
    symbols: new Set(dims.map((d) => d.dimParam).filter((symbol) => symbol !== '')),
  }
}
