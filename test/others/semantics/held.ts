import { Evaluator, type Semantics, semantics } from '../../../src/reference/semantics/index.js'
import type { Batch } from './batches.js'
import type { GradientOf, Program } from './programs/program.js'

/** An array as the reference has it. */
export interface Expectation {
  readonly name: string
  readonly wanted: ArrayLike<number>
  readonly gradient?: GradientOf
}

type Held = ReturnType<Evaluator['hold']>

const boxesByRow = (matches: Held['matches'][number]): ReadonlyMap<number, number> => {
  const boxes = new Map<number, number>()
  for (const { index } of matches) boxes.set(index, (boxes.get(index) ?? 0) + 1)
  return boxes
}

/** The arrays of one variant. */
function ofVariant(program: Program, given: Given, variant: string, rules: Semantics): Expectation[] {
  const { evaluator, batch } = given
  const gradients = evaluator.gradients({ ...rules, ...program.backward })
  const { whole = {}, scales = {} } = program.expected({ outcome: evaluator.outcome(rules), gradients })
  const { matches } = evaluator.hold(rules)
  const gradientOf = (l: number): GradientOf => ({
    variant,
    logits: batch.logits[l]?.data ?? [],
    channels: 5 + batch.config.classes,
    boxes: boxesByRow(matches[l] ?? []),
  })
  const byScale = ([name, all]: readonly [string, readonly ArrayLike<number>[]]): Expectation[] =>
    all.map((wanted, l) => {
      const expected = { name: `${name}${variant}_${l}`, wanted }
      return name === 'grad' ? { ...expected, gradient: gradientOf(l) } : expected
    })
  return [
    ...Object.entries(whole).map(([name, wanted]) => ({ name: `${name}${variant}`, wanted })),
    ...Object.entries(scales).flatMap(byScale),
  ]
}

/** A batch, and what is computed of it once for all variants. */
export interface Given {
  readonly batch: Batch
  readonly evaluator: Evaluator
}

export const given = (batch: Batch): Given => ({
  batch,
  evaluator: new Evaluator({ ...batch.config, logits: batch.logits, labels: batch.boxes }),
})

/** All arrays of all variants. @param profile other rules than the program's own */
export function expectations(program: Program, own: Given, profile = program.profile): Expectation[] {
  return Object.entries(program.variants).flatMap(([variant, changes]) => {
    const changed = typeof changes === 'function' ? changes(own.batch.logits.length) : changes
    return ofVariant(program, own, variant, { ...semantics(profile), ...changed })
  })
}
