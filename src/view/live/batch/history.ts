import type { LiveBatch } from './batch.js'
import { type Edit, edited } from './edits.js'

/** A batch, and what was changed in it, the last change last. */
export interface History {
  readonly batch: LiveBatch
  readonly edits: readonly Edit[]
  /** Batches before each edit. */
  readonly earlier: readonly LiveBatch[]
}

export const begun = (batch: LiveBatch): History => ({ batch, edits: [], earlier: [] })

/**
 * With an edit more. Throws as `edited`.
 * @param goesOn whether it takes the place of the last one, as the steps of a drag do
 */
export function further({ batch, edits, earlier }: History, edit: Edit, goesOn = false): History {
  const before = goesOn ? earlier.at(-1) : undefined
  if (before) return { batch: edited(before, edit), edits: [...edits.slice(0, -1), edit], earlier }
  return { batch: edited(batch, edit), edits: [...edits, edit], earlier: [...earlier, batch] }
}

/** Without the last edit. */
export const undone = ({ batch, edits, earlier }: History): History => ({
  batch: earlier.at(-1) ?? batch,
  edits: edits.slice(0, -1),
  earlier: earlier.slice(0, -1),
})

/** Without any. */
export const reset = ({ batch, earlier }: History): History => begun(earlier[0] ?? batch)
