import { type Detector, parametersOf } from '../../detector/index.js'
import { sizeOf } from '../../io/index.js'
import { dataTypeName, exact, isDifferentiable, modelNode, type TensorProto } from '../../onnx/index.js'
import type { Choice } from '../step/choice.js'

/** Initializers that stay as they are, for one reason. */
export interface Untrained {
  readonly why: string
  readonly names: readonly string[]
  /** How many numbers they are. */
  readonly numbers: number
}

/** Operators whose constants may have been learned, as those of others are not. */
const learnable = 'Add Sub Mul Div Pow MatMul Gemm Gather Concat Where'.split(' ')

const counted = (t: TensorProto): number => sizeOf(t.dims.map(exact))

/** Types of sizes, places and switches, which are no parameters to begin with. */
const unlearned = ['int64', 'int32', 'bool', 'string']

/** What stays as it is of the initializers of a detector, and why: the frozen, quantised, those of other operators. */
export function untrainedOf(detector: Detector, { trained }: Choice): Untrained[] {
  const { graph } = detector
  const parameters = parametersOf(detector, graph.node)
  const readers = new Map<string, string>()
  for (const node of graph.node) for (const name of modelNode(node).reads) readers.set(name, node.opType)
  const reasonOf = (t: TensorProto): string | undefined => {
    const dtype = dataTypeName(t.dataType)
    if (!isDifferentiable(dtype)) return `${dtype}, which no gradient moves: export it without quantisation`
    const kind = parameters.get(t.name)
    if (kind === 'statistic') return 'statistics of batch norms: those of a batch, or kept'
    if (kind !== undefined) return 'frozen, or above what is trained'
    const reader = readers.get(t.name) ?? ''
    return learnable.includes(reader) && counted(t) > 1
      ? `read by ${reader}, whose constants are no parameters`
      : undefined
  }
  const rows = graph.initializer
    .filter((t) => !trained.has(t.name) && !unlearned.includes(dataTypeName(t.dataType)))
    .map((t) => [reasonOf(t), t] as const)
  const reasons = new Set(rows.flatMap(([why]) => why ?? []))
  return [...reasons].map((why): Untrained => {
    const tensors = rows.flatMap(([own, t]) => (own === why ? [t] : []))
    return { why, names: tensors.map(({ name }) => name), numbers: tensors.reduce((sum, t) => sum + counted(t), 0) }
  })
}
