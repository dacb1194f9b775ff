import { at, placeAt } from '../cells/input.js'
import type { Evaluator } from '../loops/evaluate.js'
import type { Semantics } from '../rules/rules.js'
import { apart, Comparison } from './compare.js'
import type { Observed, Subject } from './observed.js'

/** Where a result differs from what a loss says. */
export interface FirstDifference {
  /** Of the result. */
  readonly name: string
  readonly ours: number
  readonly theirs: number
  /** The row of predictions and, of a gradient, which of its numbers; the image of a number for each image. */
  readonly at?: {
    readonly image: number
    readonly row?: number
    readonly column?: number
    readonly anchor?: number
    readonly entry?: string
  }
}

const entries = ['x', 'y', 'w', 'h', 'objectness']

/** The first number of the first result, gradients and masks before sums, that is farther than the tolerance. */
export function firstDifference(
  evaluator: Evaluator,
  observed: readonly Observed[],
  semantics: Semantics,
  tolerance: number,
): FirstDifference | undefined {
  const comparison = new Comparison(evaluator, observed)
  const far = comparison.distances(semantics)
  const byPlace = ({ subject }: Observed) => (subject.kind === 'gradient' ? 0 : subject.kind === 'mask' ? 1 : 2)
  const [one] = observed.filter((_, i) => (far[i] ?? 0) > tolerance).sort((a, b) => byPlace(a) - byPlace(b))
  if (!one) return undefined
  const ours = numbersOf(evaluator, comparison, one, semantics)
  const sizes = ours.flatMap((own, i) => [Math.abs(own), Math.abs(at(one.grid.data, i))]).filter(Number.isFinite)
  const size = sizes.reduce((most, own) => Math.max(most, own), 0)
  const logits = one.subject.kind === 'gradient' ? evaluator.scales[one.subject.scale]?.logits : undefined
  const isFar = (own: number, i: number) =>
    logits?.[i] !== 0 &&
    !(apart(own, at(one.grid.data, i)) === 0 || Math.abs(own - at(one.grid.data, i)) <= tolerance * size)
  const index = ours.findIndex(isFar)
  if (index < 0) return undefined
  return {
    name: one.name,
    ours: ours[index] ?? Number.NaN,
    theirs: at(one.grid.data, index),
    ...whereIs(evaluator, one.subject, index, ours.length),
  }
}

function numbersOf(
  evaluator: Evaluator,
  comparison: Comparison,
  { subject, grid }: Observed,
  semantics: Semantics,
): number[] {
  if (subject.kind === 'gradient')
    return Array.from(evaluator.gradients(semantics)[subject.scale] ?? [], (g) => subject.sign * g)
  if (subject.kind === 'mask') return Array.from(evaluator.masks(semantics)[subject.scale] ?? [])
  return comparison.numbers(subject, semantics, grid.data.length)
}

function whereIs(evaluator: Evaluator, subject: Subject, index: number, count: number): Pick<FirstDifference, 'at'> {
  if (subject.kind !== 'gradient' && subject.kind !== 'mask') return count > 1 ? { at: { image: index } } : {}
  const scale = evaluator.scales[subject.scale]
  if (!scale) return {}
  const stride = subject.kind === 'gradient' ? 5 + scale.classes : 1
  const { image, row, column, anchor } = placeAt(scale, Math.floor(index / stride))
  const entry = entries[index % stride] ?? `class ${(index % stride) - 5}`
  return { at: { image, row, column, anchor, ...(subject.kind === 'gradient' && { entry }) } }
}
