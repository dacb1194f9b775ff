import type { Observed } from '../../src/reference/semantics/identify/observed.js'
import { subjectOf } from '../../src/reference/semantics/identify/observed.js'
import type { Evaluator } from '../../src/reference/semantics/loops/evaluate.js'
import type { Semantics } from '../../src/reference/semantics/rules/rules.js'
import { termNames } from '../../src/reference/semantics/rules/terms.js'

/** What an implementation may give out. */
export type Given = 'loss' | 'terms' | 'gradients' | 'masks'

/** What an implementation of these rules returns, rounded to float32 as most do. */
export function resultsOf(evaluator: Evaluator, semantics: Semantics, given: readonly Given[]): Observed[] {
  const outcome = evaluator.outcome(semantics)
  const found: Observed[] = []
  const add = (name: string, data: ArrayLike<number>) => {
    const subject = subjectOf(name, evaluator.scales.length)
    if (!subject) throw new Error(`no result is called ${name}`)
    found.push({ name, subject, grid: { shape: [data.length], data: Float32Array.from(data) } })
  }
  if (given.includes('loss')) add('loss', [outcome.loss])
  for (const [l, scale] of outcome.scales.entries()) {
    if (given.includes('terms')) for (const term of termNames) add(`${term}_${l}`, [scale[term]])
    if (given.includes('masks')) add(`ignore_mask_${l}`, scale.ignoreMask)
  }
  if (given.includes('gradients'))
    for (const [l, gradient] of evaluator.gradients(semantics).entries()) add(`grad_y_pred_${l}`, gradient)
  return found
}
