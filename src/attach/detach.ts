import { type Detector, isFlat, modelField, openDetector, refuse } from '../detector/index.js'
import { expectArguments, must } from '../io/index.js'
import { joined, readModel, splice } from '../onnx/index.js'
import { expectConfig, type LossConfig, metadataPrefix } from '../yolo/index.js'
import { type Attached, type AttachOptions, attachLoss, ofAttaching } from './attach.js'
import type { Data } from './kept.js'
import { type AttachRecord, graphEdit, hashOf, putBy, readRecord, undone } from './record.js'
import { dataOf, type Weights } from './weights.js'

/** Where a model comes from. */
export type SourceOptions = Pick<AttachOptions, 'file' | 'folder'>

/** A detector without its loss. */
export type Detached = Pick<Attached, 'bytes' | 'external'>

export interface DetachOptions extends SourceOptions {
  /** Weights by name, for a training step, which keeps none; what else is in there is left alone. */
  readonly weights?: Weights
}

/**
 * Takes the loss off again and gives back the detector: its bytes, where each message stood in one piece, else its
 * fields. What `attachLoss` took away comes back. Weights trained in between stay as they are; those of a training step are
 * `weights`.
 * @throws InputError for a model without a loss, or one whose loss was changed since, and for weights that are missing or not
 *   of the size they had
 */
export function detachLoss(model: Uint8Array, options: DetachOptions = {}): Detached {
  const checks = { file: must.text, folder: must.text, weights: must.record }
  expectArguments('detachLoss', { model: must.bytes, options: must.options(checks) }, { model, options })
  const { file = 'model', weights } = options
  const detector = openDetector(model, file, options.folder)
  return {
    bytes: joined(withoutLoss(detector, recordOf(detector), dataOf(file, weights))),
    external: detector.external,
  }
}

/** Whether a model is a training step whose weights are kept beside it. @throws InputError as `detachLoss` */
export function keepsNoWeights(model: Uint8Array, file = 'model'): boolean {
  const record = readRecord(readModel(model, file).metadata, file)
  return record?.graph.some(({ was }) => was.some((kept) => typeof kept !== 'string')) ?? false
}

/** The record of an attached loss. @throws InputError when there is none */
export function recordOf({ info, file }: Detector): AttachRecord {
  const record = readRecord(info.metadata, file)
  return record ?? refuse('E_NOT_ATTACHED', file, 'no loss was attached to it', 'yolo-loss attach does that')
}

function withoutLoss(detector: Detector, record: AttachRecord, data: Data): readonly Uint8Array[] {
  const { bytes, graphBytes, file } = detector
  checkUnchanged(detector, record)
  const keys = detector.model.metadataProps.map((p) => p.key)
  const ours = keys.flatMap((key, at) => (key.startsWith(metadataPrefix) ? [at] : []))
  const [ofGraph, ofModel] = [undone(record.graph, data), undone(record.model, data)]
  try {
    const graph = splice(graphBytes, ofGraph)
    return splice(bytes, [
      graphEdit(bytes, graph),
      ...ofModel,
      ...ours.map((at) => ({ number: modelField.metadata, at, count: 1, put: [] })),
    ])
  } catch {
    return refuseChanged(file)
  }
}

function checkUnchanged({ graphBytes, file }: Detector, record: AttachRecord): void {
  if (hashOf(putBy(graphBytes, record.graph)) !== record.sha256) refuseChanged(file)
}

function refuseChanged(file: string): never {
  const what = 'the nodes of the loss are not the ones that were attached'
  refuse('E_CHANGED', file, what, 'attach to the detector itself')
}

/** Options of a replacement; what is not given stays as it was attached. */
export interface ReplaceOptions extends AttachOptions, Pick<DetachOptions, 'weights'> {}

/**
 * Swaps the attached loss for one with another configuration, on the same heads; a training step, whose weights are then
 * to be given, for the loss alone.
 * @throws InputError and ConfigError as `detachLoss` and `attachLoss`
 */
export function replaceLoss(model: Uint8Array, config: LossConfig, options: ReplaceOptions = {}): Attached {
  const checks = { ...ofAttaching, weights: must.record }
  expectArguments('replaceLoss', { model: must.bytes, options: must.options(checks) }, { model, options })
  expectConfig(config)
  const file = options.file ?? 'model'
  const detector = openDetector(model, file, options.folder)
  const record = recordOf(detector)
  const { weights, ...others } = options
  if (record.step && !weights) refuse('E_STEP', file, 'it is a training step', 'detach it, and attach to the detector')
  const bare = joined(withoutLoss(detector, record, dataOf(file, weights)))
  return attachLoss(bare, config, { ...sameAsBefore(record), ...others, file })
}

/** How the heads and options of an attached loss are given again. */
export function sameAsBefore({ heads, onlyLoss, asFunction, rewriteResize }: AttachRecord): AttachOptions {
  const layouts = new Set(heads.map((h) => h.layout))
  const [layout] = layouts
  const grids = heads.flatMap((h) => (h.grid ? [h.grid] : []))
  return {
    heads: [...new Set(heads.map((h) => h.name))],
    ...(layouts.size === 1 && layout ? { layout } : {}),
    ...(grids.length === heads.length && layout && isFlat(layout) ? { grids } : {}),
    onlyLoss,
    asFunction,
    rewriteResize,
  }
}
