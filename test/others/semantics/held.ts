import type { Tensor } from '../../../src/io/index.js'
import { Evaluator, type Held, type Semantics, semantics } from '../../../src/reference/semantics/index.js'
import type { Batch } from './batches.js'
import { type Comparison, compare, type GradientOf } from './compare.js'
import type { Program } from './programs/program.js'

/** What a program returned of a batch. */
export type Arrays = ReadonlyMap<string, Tensor>

const boxesByRow = (matches: Held['matches'][number]): ReadonlyMap<number, number> => {
  const boxes = new Map<number, number>()
  for (const { index } of matches) boxes.set(index, (boxes.get(index) ?? 0) + 1)
  return boxes
}

/** The arrays of one variant against the reference under its rules; those that the program did not return are left out. */
function comparedVariant(
  program: Program,
  batch: Batch,
  arrays: Arrays,
  variant: string,
  rules: Semantics,
): Comparison[] {
  const { config, logits, boxes } = batch
  const evaluator = new Evaluator({ ...config, logits, labels: boxes })
  const gradients = evaluator.gradients({ ...rules, ...program.backward })
  const { whole = {}, scales = {} } = program.expected({ outcome: evaluator.outcome(rules), gradients })
  const { matches } = evaluator.hold(rules)
  const of = (l: number): GradientOf => ({
    variant,
    logits: logits[l]?.data ?? [],
    channels: 5 + config.classes,
    boxes: boxesByRow(matches[l] ?? []),
  })
  const against = (name: string, wanted: ArrayLike<number>, gradient?: GradientOf): Comparison[] => {
    const got = arrays.get(name)
    return got ? [compare(name, got, wanted, program, gradient)] : []
  }
  return [
    ...Object.entries(whole).flatMap(([name, wanted]) => against(`${name}${variant}`, wanted)),
    ...Object.entries(scales).flatMap(([name, all]) =>
      all.flatMap((wanted, l) => against(`${name}${variant}_${l}`, wanted, name === 'grad' ? of(l) : undefined)),
    ),
  ]
}

/** All arrays of all variants. @param profile other rules than the program's own */
export function compared(program: Program, batch: Batch, arrays: Arrays, profile = program.profile): Comparison[] {
  return Object.entries(program.variants).flatMap(([variant, changes]) => {
    const changed = typeof changes === 'function' ? changes(batch.logits.length) : changes
    return comparedVariant(program, batch, arrays, variant, { ...semantics(profile), ...changed })
  })
}
