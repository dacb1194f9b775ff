import { called, type Detector, graphField, openDetector, parametersOf } from '../detector/index.js'
import { expectArguments, must } from '../io/index.js'
import type { NodeProto } from '../onnx/index.js'
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

/**
 * The initializers of a detector that training changes, and those it must leave alone, from the operators that read
 * them: weights and biases on the one hand, batch-norm statistics on the other. Constants, those of the loss among them,
 * are neither. A weight that is added after its convolution, as some exporters have it, counts as its bias.
 * @throws InputError for bytes that are no model, or a model without an attached loss
 */
export function trainingPlan(model: Uint8Array, options: SourceOptions = {}): TrainingPlan {
  const place = must.options({ file: must.text, folder: must.text })
  expectArguments('trainingPlan', { model: must.bytes, options: place }, { model, options })
  const detector = openDetector(model, options.file ?? 'model', options.folder)
  const own = ownNodes(detector)
  const kinds = [...parametersOf(detector, own)]
  return {
    requires_grad: kinds.flatMap(([name, kind]) => (kind === 'statistic' ? [] : [name])),
    frozen_params: kinds.flatMap(([name, kind]) => (kind === 'statistic' ? [name] : [])),
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

function obstacle(detector: Detector, node: NodeProto): string[] {
  if (!resizes(node)) return []
  const remedy = rewritable(detector, node) ? 'rewrite it with --rewrite-resize' : 'no rewriting is known to be equal'
  return [`${called(node)} has no gradient: ${remedy}`]
}
