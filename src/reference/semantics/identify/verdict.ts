import { isDense } from '../cells/input.js'
import { Evaluator } from '../loops/evaluate.js'
import { termNames } from '../loops/reduce.js'
import { probe } from '../probe/probe.js'
import type { Spec } from '../profiles/spec.js'
import type { Semantics, Setting, SettingName } from '../rules/rules.js'
import { apart, Comparison } from './compare.js'
import type { Observed } from './observed.js'
import { type Candidate, type FreeName, search } from './search.js'

/** Losses that are the same function by other words: nothing in a probe tells them apart. */
export interface Group {
  /** Simplest first. */
  readonly specs: readonly Spec[]
  readonly candidate: Candidate
}

/** What an answer is based on. */
export interface IdentifyOptions {
  /** How far a result may be; default 1e-5. */
  readonly tolerance?: number
  /** Numbers that are fitted. */
  readonly free?: readonly FreeName[]
}

/** Which loss results are of. */
export interface Identification {
  /** Whether one fits alone, the next being a hundred times as far. */
  readonly certain: boolean
  /** All that fit, simplest first. */
  readonly fitting: readonly Group[]
  /** The nearest of all. */
  readonly nearest: Group
  /** The nearest of those that are another function than the first. */
  readonly next?: Group
  /** How many losses were compared. */
  readonly compared: number
}

/** How many times as far the next has to be. */
const clearly = 100

/** Distances below this are rounding, of whatever the results were computed in. */
const rounding = 1e-8

/** The losses that results for the batch of an evaluator can be of. */
export function identify(
  evaluator: Evaluator,
  observed: readonly Observed[],
  { tolerance = 1e-5, free = [] }: IdentifyOptions = {},
): Identification {
  const { input } = evaluator
  const all = search(evaluator, new Comparison(evaluator, observed), { tolerance, free })
  const same = sameOn(isDense(input.labels) ? 'dense' : 'boxes', input.classes, tolerance)
  const within = all.filter(({ farthest }) => farthest <= tolerance)
  const groups = grouped(within.length > 0 ? within : all.slice(0, 1), same)
  const simplest = groups.toSorted((a, b) => a.candidate.steps - b.candidate.steps)
  const [first] = simplest as [Group]
  const other = all.find(({ semantics }) => !same(semantics, first.candidate.semantics))
  const isAlone = within.length > 0 && groups.length === 1
  const least = clearly * Math.max(first.candidate.farthest, rounding)
  return {
    certain: isAlone && (other === undefined || other.farthest >= least),
    fitting: within.length > 0 ? simplest : [],
    nearest: first,
    ...(other && { next: { specs: [other.spec], candidate: other } }),
    compared: all.length,
  }
}

type Same = (a: Semantics, b: Semantics) => boolean

function grouped(candidates: readonly Candidate[], same: Same): Group[] {
  const groups: { specs: Spec[]; candidate: Candidate }[] = []
  for (const candidate of candidates.toSorted((a, b) => a.steps - b.steps)) {
    const group = groups.find((own) => same(own.candidate.semantics, candidate.semantics))
    if (group) group.specs.push(candidate.spec)
    else groups.push({ specs: [candidate.spec], candidate })
  }
  return groups
}

/** Evaluators of probes, which remember what they computed. */
const probes = new Map<string, Evaluator>()

function evaluatorOf(labels: 'dense' | 'boxes', classes: number): Evaluator {
  const key = `${labels} ${classes}`
  const known = probes.get(key) ?? new Evaluator(probe({ labels, classes }))
  probes.set(key, known)
  return known
}

/** Compares losses on a probe: those that differ by less than results may are one. */
function sameOn(labels: 'dense' | 'boxes', classes: number, tolerance: number): Same {
  const evaluator = evaluatorOf(labels, classes === 1 ? 1 : 3)
  const known = new Map<Semantics, number[]>()
  const numbersOf = (semantics: Semantics): number[] => {
    const before = known.get(semantics)
    if (before) return before
    const numbers = fingerprint(evaluator, semantics)
    known.set(semantics, numbers)
    return numbers
  }
  return (a, b) => {
    const theirs = numbersOf(b)
    return numbersOf(a).every((own, i) => apart(own, theirs[i] as number) <= tolerance)
  }
}

/** Components, and for each scale and term the gradient in a direction that treats no two numbers alike. */
function fingerprint(evaluator: Evaluator, semantics: Semantics): number[] {
  const { scales, loss } = evaluator.outcome(semantics)
  const along = evaluator.gradients(semantics).map((own) => own.reduce((sum, g, i) => sum + g * Math.cos(i * i), 0))
  return [loss, ...scales.flatMap((scale) => termNames.map((name) => scale[name])), ...along]
}

/** Settings in which losses differ. */
export function differences(a: Semantics, b: Semantics): { name: SettingName; ours: Setting; theirs: Setting }[] {
  return (Object.keys(a) as SettingName[])
    .filter((name) => String(a[name]) !== String(b[name]))
    .map((name) => ({ name, ours: a[name], theirs: b[name] }))
}
