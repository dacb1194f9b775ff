import type { Evaluator } from '../loops/evaluate.js'
import { readBy } from '../loops/memo.js'
import { type AmountName, amounts, type Semantics } from '../rules/rules.js'
import type { Comparison } from './compare.js'

/** Values that are looked at before the nearest is refined. */
const coarse = 24

/** Halvings of what is left; each takes away 0.38 of it. */
const refinements = 45

/** Rounds over several numbers, each fitted while the others stand. */
const rounds = 4

/** The loss with the named numbers as near to the results as they can be made; those that it does not read stay. */
export function fitted(
  comparison: Comparison,
  evaluator: Evaluator,
  semantics: Semantics,
  free: readonly AmountName[],
): Semantics {
  if (free.length === 0) return semantics
  const read = readBy(semantics, (own) => evaluator.outcome(own))
  const own = free.filter((name) => read.has(name))
  let best = semantics
  for (let round = 0; round < (own.length > 1 ? rounds : 1); round++)
    for (const name of own)
      best = { ...best, [name]: nearest(name, (value) => total(comparison, { ...best, [name]: value })) }
  return best
}

/** Sums over all results: that of one number moves even while another result is the farthest. */
const total = (comparison: Comparison, semantics: Semantics): number =>
  comparison.distances(semantics).reduce((sum, own) => sum + Math.min(own, 10), 0)

/** The least of a function of one number: the best of many, then golden section beside it. */
function nearest(name: AmountName, distance: (value: number) => number): number {
  const [least, most] = amounts[name].range
  // Squares lie closer together near the lower end, where most numbers are.
  const values = Array.from({ length: coarse + 1 }, (_, i) => least + (most - least) * (i / coarse) ** 2)
  const known = [...values, amounts[name].default, ...amounts[name].known].sort((a, b) => a - b)
  const all = known.map((value) => ({ value, far: distance(value) }))
  const at = all.reduce((best, { far }, i) => (far < (all[best]?.far ?? Number.POSITIVE_INFINITY) ? i : best), 0)
  return section(
    distance,
    all[Math.max(at - 1, 0)]?.value ?? least,
    all[Math.min(at + 1, all.length - 1)]?.value ?? most,
  )
}

const golden = (Math.sqrt(5) - 1) / 2

function section(distance: (value: number) => number, low: number, high: number): number {
  let [a, b] = [low, high]
  let [c, d] = [b - golden * (b - a), a + golden * (b - a)]
  let [atC, atD] = [distance(c), distance(d)]
  for (let i = 0; i < refinements; i++)
    if (atC < atD) {
      ;[b, d, atD] = [d, c, atC]
      c = b - golden * (b - a)
      atC = distance(c)
    } else {
      ;[a, c, atC] = [c, d, atD]
      d = a + golden * (b - a)
      atD = distance(d)
    }
  return (a + b) / 2
}
