import { isDense, type SemanticsInput } from '../cells/input.js'
import { Evaluator } from '../loops/evaluate.js'
import { type ProbeOptions, probe } from '../probe/probe.js'
import type { Spec } from '../profiles/spec.js'
import type { Semantics, Setting, SettingName } from '../rules/rules.js'
import { termNames } from '../rules/terms.js'
import { apart, Comparison } from './compare.js'
import type { Observed } from './observed.js'
import { columnsAt } from './products.js'
import { type Candidate, closer, type FreeName, search } from './search.js'

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
  const same = sameOn(probeLike(input), tolerance)
  const within = all.filter(({ farthest }) => farthest <= tolerance)
  const groups = grouped(within.length > 0 ? within : nearestOf(all, tolerance), same)
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

/** Where nothing fits: of which most results are. */
const nearestOf = (all: readonly Candidate[], tolerance: number): Candidate[] =>
  all.toSorted((a, b) => closer(a, b, tolerance)).slice(0, 1)

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

function evaluatorOf(options: ProbeOptions): Evaluator {
  const key = JSON.stringify(options)
  const known = probes.get(key) ?? new Evaluator(probe(options))
  probes.set(key, known)
  return known
}

/** The probe of what batches of such a configuration can show: what none of them can is no difference. */
function probeLike({ anchors, anchorMask, classes, labels }: SemanticsInput): ProbeOptions {
  const all = anchorMask.flat()
  return {
    labels: isDense(labels) ? 'dense' : 'boxes',
    classes: classes === 1 ? 1 : 3,
    whole: !isDense(labels) && labels.shape[2] === 5,
    plain: all.length === anchors.length && new Set(all).size === all.length,
  }
}

/** Compares losses on a probe: those that differ by less than results may are one. */
function sameOn(options: ProbeOptions, tolerance: number): Same {
  const evaluator = evaluatorOf(options)
  const known = new Map<Semantics, Measure[]>()
  const measuresOf = (semantics: Semantics): Measure[] => {
    const before = known.get(semantics)
    if (before) return before
    const measures = fingerprint(evaluator, semantics)
    known.set(semantics, measures)
    return measures
  }
  return (a, b) => {
    const theirs = measuresOf(b)
    return measuresOf(a).every((own, i) => isNear(own, theirs[i] as Measure, tolerance))
  }
}

/** A number, and how large what it was added up from is. */
interface Measure {
  readonly value: number
  readonly size: number
}

const isNear = (a: Measure, b: Measure, tolerance: number): boolean =>
  apart(a.value, b.value) === 0 || Math.abs(a.value - b.value) <= tolerance * Math.max(a.size, b.size)

/** Components, and for each scale the gradient in a direction that treats no two numbers alike. */
function fingerprint(evaluator: Evaluator, semantics: Semantics): Measure[] {
  const { scales, loss } = evaluator.outcome(semantics)
  const numbers = [loss, ...scales.flatMap((scale) => termNames.map((name) => scale[name]))]
  const slopes = evaluator.gradients(semantics).flatMap((own, l) => {
    const stride = 5 + (evaluator.scales[l]?.classes ?? 0)
    return (['location', 'objectness', 'classes'] as const).map((columns) =>
      along(own, (i) => columnsAt(i % stride) === columns),
    )
  })
  return [...numbers.map((value) => ({ value, size: Math.abs(value) })), ...slopes]
}

/** Some columns of a gradient. */
function along(gradient: Float64Array, has: (i: number) => boolean): Measure {
  let [value, squares] = [0, 0]
  for (let i = 0; i < gradient.length; i++) {
    if (!has(i)) continue
    const g = gradient[i] as number
    value += g * Math.cos(i * i)
    squares += g * g
  }
  return { value, size: Math.sqrt(squares) }
}

/** Settings in which losses differ. */
export function differences(a: Semantics, b: Semantics): { name: SettingName; ours: Setting; theirs: Setting }[] {
  return (Object.keys(a) as SettingName[])
    .filter((name) => String(a[name]) !== String(b[name]))
    .map((name) => ({ name, ours: a[name], theirs: b[name] }))
}
