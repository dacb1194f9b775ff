import { findHeads, type HeadOptions, openDetector } from '../detector/index.js'
import { coarsestStride, type LossConfig } from '../yolo/index.js'
import { sameAsBefore } from './detach.js'
import { readRecord } from './record.js'

/** What the heads of a detector fix of a loss; absent where they leave it open. */
export interface FixedSizes {
  readonly batch?: number
  /** Height and width in pixels of the network input. */
  readonly input?: readonly [height: number, width: number]
}

/**
 * Batch and input of a detector by its heads, or by those that the loss attached to it reads.
 * @throws InputError as `attachLoss`
 */
export function fixedByHeads(
  model: Uint8Array,
  config: LossConfig,
  { file = 'detector', folder, ...options }: HeadOptions & { readonly file?: string; readonly folder?: string },
): FixedSizes {
  const detector = openDetector(model, file, folder)
  const record = readRecord(detector.info.metadata, file)
  const [coarsest] = findHeads(detector, config, { ...(record && sameAsBefore(record)), ...options })
  const batch = coarsest?.shape[0]
  const { h, w } = coarsest?.grid ?? { h: '', w: '' }
  return {
    ...(typeof batch === 'number' && { batch }),
    ...(typeof h === 'number' && typeof w === 'number' && { input: [h * coarsestStride, w * coarsestStride] as const }),
  }
}
