import type { Evaluator } from '../loops/evaluate.js'
import { readBy } from '../loops/memo.js'
import { profileNames } from '../profiles/profiles.js'
import { type Changes, type Spec, semanticsOfSpec } from '../profiles/spec.js'
import type { Semantics, SettingName } from '../rules/rules.js'
import type { Comparison } from './compare.js'
import { fitted } from './fit.js'
import { movesFrom } from './moves.js'

/** A loss that was compared with the results. */
export interface Candidate {
  readonly spec: Spec
  readonly semantics: Semantics
  /** How many steps from its profile. */
  readonly steps: number
  /** How far the results are, in their order, and the farthest. */
  readonly distances: readonly number[]
  readonly farthest: number
}

/** How far the search goes. */
export interface SearchOptions {
  /** How far a result may be. */
  readonly tolerance: number
  /** Most steps from a profile; default 3. */
  readonly depth?: number
  /** Numbers that are fitted. */
  readonly free?: readonly FreeName[]
}

export type FreeName = Parameters<typeof fitted>[3][number]

/** Logits of classes from which on learning them all is looked at only where nothing nearer fits. */
const dear = 2 ** 17

/** How many candidates are followed from each step to the next. */
const beam = 16

/**
 * Losses by how far the results are from them, nearest first: every profile, every one changed in one thing, and, unless
 * one of them fits, those changed in more, from the nearest on.
 */
export function search(evaluator: Evaluator, comparison: Comparison, options: SearchOptions): Candidate[] {
  const { tolerance, depth = 3, free = [] } = options
  const seen = new Map<string, Candidate>()
  const read = (semantics: Semantics) => readOf(evaluator, semantics, comparison.hasGradients)
  const look = (spec: Spec, steps: number, fit: readonly FreeName[] = []): Candidate | undefined => {
    const semantics = fitted(comparison, evaluator, semanticsOfSpec(spec), fit)
    const key = keyOf(semantics, read(semantics))
    if (seen.has(key)) return undefined
    const distances = comparison.distances(semantics)
    const own = { ...spec, changes: changesWith(spec, semantics, fit) }
    const candidate = { spec: own, semantics, steps, distances, farthest: Math.max(0, ...distances) }
    seen.set(key, candidate)
    return candidate
  }
  for (const profile of profileNames) {
    look({ profile, changes: {} }, 0)
    if (free.length > 0) look({ profile, changes: {} }, 0, free)
  }
  let from: readonly Candidate[] = [...seen.values()]
  const logits = evaluator.scales.reduce((sum, scale) => sum + scale.logits.length, 0)
  for (let steps = 1; steps <= depth && (steps === 1 || !some(seen, tolerance)); steps++) {
    const next = from.flatMap((candidate) =>
      stepsFrom(candidate, read(candidate.semantics), steps === 1 && logits > dear).flatMap(
        (spec) => look(spec, steps) ?? [],
      ),
    )
    from = next.sort((a, b) => closer(a, b, tolerance)).slice(0, beam)
    if (free.length > 0) from = from.map((candidate) => look(candidate.spec, steps, free) ?? candidate)
  }
  return [...seen.values()].sort((a, b) => a.farthest - b.farthest || a.steps - b.steps)
}

const some = (seen: ReadonlyMap<string, Candidate>, tolerance: number): boolean =>
  [...seen.values()].some(({ farthest }) => farthest <= tolerance)

const stepsFrom = ({ spec, semantics }: Candidate, read: ReadonlySet<SettingName>, isDear: boolean): Spec[] =>
  movesFrom(semantics, read, isDear).map(({ changes }) => ({
    ...spec,
    changes: { ...spec.changes, ...changes },
  }))

/** More results within the tolerance first, then those that are nearer on the whole. */
export function closer(a: Candidate, b: Candidate, tolerance: number): number {
  const fits = ({ distances }: Candidate) => distances.filter((own) => own <= tolerance).length
  const sum = ({ distances }: Candidate) => distances.reduce((total, own) => total + Math.min(own, 1), 0)
  return fits(b) - fits(a) || sum(a) - sum(b) || a.steps - b.steps
}

/** The settings that what is compared depends on, for this batch. */
function readOf(evaluator: Evaluator, semantics: Semantics, hasGradients: boolean): ReadonlySet<SettingName> {
  const read = readBy(semantics, (own) => evaluator.outcome(own))
  return hasGradients && read.has('sharedBox') ? new Set([...read, 'backward']) : read
}

/** Losses that agree in all that this batch asks them are one. */
const keyOf = (semantics: Semantics, read: ReadonlySet<SettingName>): string =>
  [...read].sort().map((name) => `${name}=${String(semantics[name])}`).join(';') // biome-ignore format: one line

/** The changes of a spec, and what was fitted. */
function changesWith({ changes }: Spec, semantics: Semantics, free: readonly FreeName[]): Changes {
  return { ...changes, ...Object.fromEntries(free.map((name) => [name, semantics[name]])) }
}
