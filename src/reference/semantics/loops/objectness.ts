import { at, countOf, type Scale, startOf } from '../cells/input.js'
import type { Match } from '../cells/match.js'
import { weightedBce } from '../formulas/bce.js'
import { decodes } from '../formulas/decode.js'
import { focal } from '../formulas/focal.js'
import type { Pointwise } from '../formulas/pointwise.js'
import { retina } from '../formulas/retina.js'
import { squared } from '../formulas/squared.js'
import type { Semantics } from '../rules/rules.js'
import { likenessAt } from './box.js'
import { lastOf } from './matches.js'
import { Tally } from './tally.js'

/** What the term conf is computed from. */
export interface ObjectTerm {
  readonly scale: Scale
  readonly scales: number
  readonly matches: readonly Match[]
  readonly semantics: Semantics
}

/** What a row with an object is to say, and how much it counts as object and as background. */
export interface ObjectTarget {
  readonly target: number
  readonly object: number
  readonly background: number
}

const targets: Readonly<Record<Semantics['objectTarget'], (term: ObjectTerm, match: Match) => ObjectTarget>> = {
  label: (_, { objectness: o }) => ({ target: o, object: o, background: 1 - o }),
  one: (_, { objectness: o }) => ({ target: 1, object: o, background: 0 }),
  iou: (term, match) => ({ target: likenessAt(term, match, 'iou', { epsilon: 0 }).value, object: 1, background: 0 }),
  ciou: (term, match) => ({ target: Math.max(likenessAt(term, match, 'ciou').value, 0), object: 1, background: 0 }),
}

/** By row of predictions; what boxes say that share one, the last says. */
export function objectTargets(term: ObjectTerm): Map<number, ObjectTarget> {
  const of = targets[term.semantics.objectTarget]
  return new Map([...lastOf(term.matches)].map(([index, match]) => [index, of(term, match)]))
}

const losses: Readonly<Record<Semantics['objectness'], (semantics: Semantics) => Pointwise>> = {
  bce: ({ objectPositive }) => weightedBce(objectPositive),
  focal: ({ objectAlpha, objectGamma }) => focal(objectAlpha, objectGamma),
  retina: ({ objectAlpha, objectGamma }) => retina(objectAlpha, objectGamma),
  squared:
    ({ decode }) =>
    (z, t) => {
      const score = decodes[decode].score(t)
      const { value, slope } = squared(z, score.value)
      return { value, slope: slope * score.slope }
    },
}

/**
 * The term conf: what each row says of there being an object.
 *
 *     λ_obj·w·f(τ', t) + λ_noobj·(1 − w)·κ·f(τ, t),   τ' smoothed, background rows have w = τ = 0
 */
export function objectTerm(
  { scale, semantics }: ObjectTerm,
  mask: Uint8Array,
  goals: ReadonlyMap<number, ObjectTarget>,
): Tally {
  const tally = new Tally(scale.batch)
  const loss = losses[semantics.objectness](semantics)
  const { objectWeight, backgroundWeight, smoothObject } = semantics
  const perImage = countOf(scale) / scale.batch
  for (let index = 0; index < countOf(scale); index++) {
    const place = startOf(scale, index) + 4
    const [t, kappa] = [at(scale.logits, place), at(mask, index)]
    const { target, object, background } = goals.get(index) ?? nothing
    let [value, slope] = [0, 0]
    if (object !== 0) {
      const own = loss(target * (1 - smoothObject) + 0.5 * smoothObject, t)
      value += objectWeight * object * own.value
      slope += objectWeight * object * own.slope
    }
    if (background !== 0 && kappa !== 0) {
      const own = loss(target, t)
      value += backgroundWeight * background * kappa * own.value
      slope += backgroundWeight * background * kappa * own.slope
    }
    tally.add(Math.floor(index / perImage), value)
    if (slope !== 0) tally.slope(place, slope)
  }
  return tally
}

const nothing: ObjectTarget = { target: 0, object: 0, background: 1 }
