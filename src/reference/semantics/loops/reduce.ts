import { countOf, type Scale } from '../cells/input.js'
import type { Semantics } from '../rules/rules.js'
import type { TermName } from '../rules/terms.js'

/** What a sum is divided by. @param counts how many boxes and labels of classes the scale has */
type Divisor = (term: TermName, scale: Scale, counts: Counts) => number

export interface Counts {
  readonly boxes: number
  readonly labels: number
}

const mean: Divisor = (term, scale, { boxes, labels }) => {
  if (term === 'conf') return countOf(scale)
  return Math.max(1, term === 'class' ? labels * scale.classes : boxes)
}

const divisors: Readonly<Record<Semantics['reduction'], Divisor>> = {
  batch: (_, { batch }) => batch,
  image: () => 1,
  sum: () => 1,
  mean,
  'mean-times-batch': mean,
}

/** What the sum of a term of a scale is multiplied by: weights, balance and reduction together. */
export function factorOf(
  term: TermName,
  scale: Scale,
  { counts, scales, semantics }: { readonly counts: Counts; readonly scales: number; readonly semantics: Semantics },
): number {
  const balance = term === 'conf' ? (semantics.balance[scales - 1 - scale.l] ?? 1) : 1
  return (semantics[`${term}Weight`] * balance) / divisors[semantics.reduction](term, scale, counts)
}

/** What the loss is, of the sum of its terms. */
export const timesOf = ({ reduction }: Semantics, batch: number): number =>
  reduction === 'mean-times-batch' ? batch : 1

/** By what a reduction divides that has nothing to do with an image of its own. */
export const divisionByBatch = ({ reduction }: Semantics, batch: number): number => (reduction === 'batch' ? batch : 1)

/** The loss whose gradient is given out for that of a loss. */
export const backwardOf = (semantics: Semantics): Semantics =>
  semantics.backward === 'last' ? { ...semantics, sharedBox: 'last', sharedClass: 'last' } : semantics
