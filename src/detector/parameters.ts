import { dataTypeName, isDifferentiable, type NodeProto } from '../onnx/index.js'
import type { Detector } from './open.js'

/** What an initializer is to the operator that reads it: weights proper decay in training, the others do not. */
export type ParameterKind = 'weight' | 'bias' | 'scale' | 'slope' | 'statistic'

/** Operands that are parameters, by their places. */
const places: Readonly<Record<string, Readonly<Record<number, ParameterKind>>>> = {
  Conv: { 1: 'weight', 2: 'bias' },
  ConvTranspose: { 1: 'weight', 2: 'bias' },
  Gemm: { 1: 'weight', 2: 'bias' },
  MatMul: { 1: 'weight' },
  BatchNormalization: { 1: 'scale', 2: 'bias', 3: 'statistic', 4: 'statistic' },
  InstanceNormalization: { 1: 'scale', 2: 'bias' },
  LayerNormalization: { 1: 'scale', 2: 'bias' },
  PRelu: { 1: 'slope' },
}

function isTrainable(detector: Detector, name: string): boolean {
  const tensor = detector.initializers.get(name)
  return tensor !== undefined && isDifferentiable(dataTypeName(tensor.dataType))
}

/** Some exporters add the bias of a convolution in a node of its own. */
function separateBias(detector: Detector, node: NodeProto): string[] {
  if (node.opType !== 'Add') return []
  return node.input.some((name) => places[detector.producers.get(name)?.opType ?? '']) ? node.input : []
}

const isOwn = ({ domain }: NodeProto): boolean => domain === '' || domain === 'ai.onnx'

/**
 * The initializers that are parameters of these nodes, in the order of the file, and what they are: from the operators that
 * read them, for constants look the same. What is a statistic anywhere is one.
 */
export function parametersOf(detector: Detector, nodes: readonly NodeProto[]): ReadonlyMap<string, ParameterKind> {
  const kinds = new Map<string, ParameterKind>()
  const put = (name: string, kind: ParameterKind) => {
    if (isTrainable(detector, name) && kinds.get(name) !== 'statistic') kinds.set(name, kind)
  }
  for (const node of nodes) {
    const own = isOwn(node) ? Object.entries(places[node.opType] ?? {}) : []
    for (const [place, kind] of own) put(node.input[Number(place)] ?? '', kind)
    for (const name of separateBias(detector, node)) put(name, 'bias')
  }
  const inOrder = [...detector.initializers.keys()]
  return new Map(
    inOrder.flatMap((name) => (kinds.has(name) ? [[name, kinds.get(name) as ParameterKind] as const] : [])),
  )
}
