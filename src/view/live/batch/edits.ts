import { recorded, resolveConfig } from '../../../yolo/index.js'
import type { LiveBatch } from './batch.js'
import { type Corners, withBox } from './boxes.js'
import { type LogitPlace, withLogit } from './logits.js'
import { undensed } from './undense.js'

/** A change that somebody makes to a batch, to see what the loss makes of it. */
export type Edit =
  | { readonly kind: 'threshold'; readonly value: number }
  | { readonly kind: 'logit'; readonly place: LogitPlace; readonly value: number }
  /** Labels that were dense are read as boxes, which can be moved. */
  | { readonly kind: 'undensed' }
  | { readonly kind: 'box'; readonly image: number; readonly index: number; readonly corners: Corners }

/**
 * The batch after an edit; the one before stays as it is.
 * @throws ConfigError for a threshold that is none, RangeError for a place that the batch does not have
 */
export function edited(batch: LiveBatch, edit: Edit): LiveBatch {
  if (edit.kind === 'logit') return withLogit(batch, edit.place, edit.value)
  if (edit.kind === 'box') return withBox(batch, edit.image, edit.index, edit.corners)
  if (edit.kind === 'undensed') return undensed(batch).batch
  const { divisionFree, ...rest } = recorded(batch.config)
  const config = resolveConfig({ ...rest, ignoreThreshold: edit.value, divisionFree: !!divisionFree && edit.value > 0 })
  return { ...batch, config }
}
