import type { Verdict } from '../../support/verdict.js'
import { ruleFor } from './equal/rules.js'
import type { Mutant } from './mutants.js'
import type { Subject } from './subjects.js'
import { reasonFor } from './survivors.js'

/** What became of the mutants of one or several subjects. */
export interface Score {
  readonly mutants: number
  readonly caught: number
  /** Those that onnxruntime would not load or run. */
  readonly refused: number
  /** How many are equal, by rule. */
  readonly equal: ReadonlyMap<string, number>
  readonly gradients: { readonly mutants: number; readonly caught: number; readonly equal: number }
  readonly survivors: readonly string[]
  /** Mutants that a rule calls equal and that were caught all the same. */
  readonly contradictions: readonly string[]
}

/** A mutant and what was found. */
export interface Found {
  readonly subject: Subject
  readonly mutant: Mutant
  readonly verdict: Verdict
}

const isRefused = (verdict: Verdict): boolean => /cannot be|the process|takes too/.test(verdict ?? '')

const told = ({ subject, mutant }: Found): string => {
  const reason = reasonFor(mutant)
  return `${subject.form} ${subject.name}, ${mutant.id}${reason === undefined ? '' : `: ${reason}`}`
}

export function scoreOf(all: readonly Found[]): Score {
  const judged = all.map((found) => ({ ...found, rule: ruleFor(found.mutant, found.subject) }))
  const caught = judged.filter(({ verdict }) => verdict !== undefined)
  const passed = judged.filter(({ verdict }) => verdict === undefined)
  const equal = new Map<string, number>()
  for (const { rule } of passed) if (rule !== undefined) equal.set(rule, (equal.get(rule) ?? 0) + 1)
  const ofGradients = (some: readonly Found[]) => some.filter(({ mutant }) => mutant.site.onlyGradients).length
  return {
    mutants: judged.length,
    caught: caught.length,
    refused: caught.filter(({ verdict }) => isRefused(verdict)).length,
    equal,
    gradients: {
      mutants: ofGradients(judged),
      caught: ofGradients(caught),
      equal: ofGradients(passed.filter(({ rule }) => rule !== undefined)),
    },
    survivors: passed.filter(({ rule }) => rule === undefined).map(told),
    contradictions: caught.filter(({ rule }) => rule !== undefined).map((found) => `${told(found)} [${found.rule}]`),
  }
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0)

/** How many mutants some rule calls equal. */
export const equalIn = ({ equal }: Score): number => sum(equal.values())

/** What share of the mutants that are faults was caught. */
export const shareOf = (score: Score): number => score.caught / Math.max(score.mutants - equalIn(score), 1)

const percent = (x: number): string => `${(100 * x).toFixed(2)} %`

/** One row of the table. */
export const rowOf = (name: string, score: Score): string =>
  `| ${[
    name,
    score.mutants,
    equalIn(score),
    percent(shareOf(score)),
    score.refused,
    `${score.gradients.caught} of ${score.gradients.mutants - score.gradients.equal}`,
    score.survivors.length,
  ].join(' | ')} |`

export const head = [
  '| form | mutants | equal | caught of the others | of them not run | gradients caught | survivors |',
  '|---|---|---|---|---|---|---|',
]
