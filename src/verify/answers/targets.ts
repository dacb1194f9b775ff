import { type Answer, exactly } from './answer.js'
import type { Asked, Refusal } from './inputs.js'

/** What a graph says of the boxes that it refused; undefined for another output, and for graphs from dense labels. */
export function refusalAnswer(output: string, refusal: Refusal | undefined): Answer | undefined {
  if (refusal && output === 'boxes_refused') return exactly([], [refusal.rows.length])
  if (refusal && output === 'first_refused') return exactly([], [refusal.rows[0] ?? -1])
  return undefined
}

/** Labels of a scale, NaN for images with a refused box. */
export function targetsAnswer(name: string, { targets, refusal }: Asked, l: number): Answer | undefined {
  const grid = targets?.[l]
  if (name !== 'y_true' || !grid || !refusal) return undefined
  const each = grid.data.length / (grid.shape[0] ?? 1)
  const values = grid.data.slice()
  for (const image of refusal.images) values.fill(Number.NaN, image * each, (image + 1) * each)
  return exactly(grid.shape, values)
}
