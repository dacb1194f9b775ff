import { type Detector, isFlat, modelField, openDetector, refuse } from '../detector/index.js'
import { joined, splice } from '../onnx/index.js'
import { type LossConfig, metadataPrefix } from '../yolo/index.js'
import { type Attached, type AttachOptions, attachLoss } from './attach.js'
import { type AttachRecord, graphEdit, hashOf, putBy, readRecord, undone } from './record.js'

/** Where a model comes from. */
export type SourceOptions = Pick<AttachOptions, 'file' | 'folder'>

/** A detector without its loss. */
export type Detached = Pick<Attached, 'bytes' | 'external'>

/**
 * Takes the loss off again and gives back the detector: its bytes, where each message stood in one piece, else its
 * fields. What `attachLoss` took away comes back. Weights trained in between stay as they are.
 * @throws InputError for a model without a loss, or one whose loss was changed since
 */
export function detachLoss(model: Uint8Array, options: SourceOptions = {}): Detached {
  const detector = openDetector(model, options.file ?? 'model', options.folder)
  return { bytes: joined(withoutLoss(detector, recordOf(detector))), external: detector.external }
}

/** The record of an attached loss. @throws InputError when there is none */
export function recordOf({ info, file }: Detector): AttachRecord {
  const record = readRecord(info.metadata, file)
  return record ?? refuse('E_NOT_ATTACHED', file, 'no loss was attached to it', 'yolo-loss attach does that')
}

function withoutLoss(detector: Detector, record: AttachRecord): readonly Uint8Array[] {
  const { bytes, graphBytes, file } = detector
  checkUnchanged(detector, record)
  const keys = detector.model.metadataProps.map((p) => p.key)
  const ours = keys.flatMap((key, at) => (key.startsWith(metadataPrefix) ? [at] : []))
  try {
    const graph = splice(graphBytes, undone(record.graph))
    return splice(bytes, [
      graphEdit(bytes, graph),
      ...undone(record.model),
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
export type ReplaceOptions = AttachOptions

/**
 * Swaps the attached loss for one with another configuration, on the same heads.
 * @throws InputError and ConfigError as `detachLoss` and `attachLoss`
 */
export function replaceLoss(model: Uint8Array, config: LossConfig, options: ReplaceOptions = {}): Attached {
  const file = options.file ?? 'model'
  const detector = openDetector(model, file, options.folder)
  const record = recordOf(detector)
  const bare = joined(withoutLoss(detector, record))
  return attachLoss(bare, config, { ...sameAsBefore(record), ...options, file })
}

function sameAsBefore({ heads, onlyLoss, asFunction, rewriteResize }: AttachRecord): AttachOptions {
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
