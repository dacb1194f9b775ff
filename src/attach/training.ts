import { called, type Detector, graphField, openDetector } from '../detector/index.js'
import { dataTypeName, isDifferentiable, type NodeProto, type TensorProto } from '../onnx/index.js'
import type { SourceOptions } from './detach.js'
import { readRecord } from './record.js'
import { resizes, rewritable } from './resize.js'

/** What `onnxruntime.training.artifacts.generate_artifacts` wants to know of a model with its loss. */
export interface TrainingPlan {
  /** For `requires_grad`: the weights and biases that training changes. */
  readonly requires_grad: readonly string[]
  /** For `frozen_params`: batch-norm statistics. Constants are in neither list and stay in the graph. */
  readonly frozen_params: readonly string[]
  /** The output that is the loss. */
  readonly loss: string
  /** Nodes that ORT training has no gradient for, and what can be done. */
  readonly obstacles: readonly string[]
}

/** Inputs of operators that are parameters, by their places. */
const weights: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [1],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  PRelu: [1],
}

/** Running mean and variance. */
const statistics: Readonly<Record<string, readonly number[]>> = { BatchNormalization: [3, 4] }

const isTrainable = (t: TensorProto | undefined): boolean =>
  t !== undefined && isDifferentiable(dataTypeName(t.dataType))

/**
 * The initializers of a detector that training changes, and those it must leave alone, from the operators that read
 * them: weights and biases on the one hand, batch-norm statistics on the other. Constants, those of the loss among them,
 * are neither. A weight that is added after its convolution, as some exporters have it, counts as its bias.
 * @throws InputError for bytes that are no model, or a model without an attached loss
 */
export function trainingPlan(model: Uint8Array, options: SourceOptions = {}): TrainingPlan {
  const detector = openDetector(model, options.file ?? 'model', options.folder)
  const own = ownNodes(detector)
  const trained = new Set(own.flatMap((n) => parameters(detector, n, weights[n.opType] ?? [])))
  for (const bias of own.flatMap((n) => separateBias(detector, n))) trained.add(bias)
  const frozen = new Set(own.flatMap((n) => parameters(detector, n, statistics[n.opType] ?? [])))
  const inOrder = [...detector.initializers.keys()]
  return {
    requires_grad: inOrder.filter((name) => trained.has(name) && !frozen.has(name)),
    frozen_params: inOrder.filter((name) => frozen.has(name)),
    loss: detector.graph.output[0]?.name ?? '',
    obstacles: own.flatMap((n) => obstacle(detector, n)),
  }
}

/** The nodes of the detector itself, without those of the loss. */
function ownNodes(detector: Detector): NodeProto[] {
  const record = readRecord(detector.info.metadata, detector.file)
  const ours = record?.graph.filter((e) => e.field === graphField.node && e.was.length === 0) ?? []
  return detector.graph.node.filter((_, i) => !ours.some(({ at, put }) => i >= at && i < at + put))
}

const parameters = (detector: Detector, node: NodeProto, places: readonly number[]): string[] =>
  places.map((i) => node.input[i] ?? '').filter((name) => isTrainable(detector.initializers.get(name)))

function separateBias(detector: Detector, node: NodeProto): string[] {
  if (node.opType !== 'Add') return []
  const fromWeights = node.input.some((name) => weights[detector.producers.get(name)?.opType ?? ''])
  return fromWeights ? node.input.filter((name) => isTrainable(detector.initializers.get(name))) : []
}

function obstacle(detector: Detector, node: NodeProto): string[] {
  if (!resizes(node)) return []
  const remedy = rewritable(detector, node) ? 'rewrite it with --rewrite-resize' : 'no rewriting is known to be equal'
  return [`${called(node)} has no gradient: ${remedy}`]
}
