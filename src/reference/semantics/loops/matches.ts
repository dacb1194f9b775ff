import type { Grid } from '../../types.js'
import { assign } from '../assignment/ways.js'
import { trueBoxes } from '../cells/boxes.js'
import { isDense, placeAt, type Scale, type SemanticsInput, startOf } from '../cells/input.js'
import type { Match } from '../cells/match.js'
import type { Semantics } from '../rules/rules.js'

/** Which rows of predictions are to find which boxes, by scale, in the order in which they are written. */
export function matchesOf(input: SemanticsInput, scales: readonly Scale[], semantics: Semantics): Match[][] {
  const { labels, anchors } = input
  if (isDense(labels)) return scales.map((scale, l) => labelled(scale, labels[l] as Grid))
  const [first] = scales
  if (!first) return []
  const boxes = trueBoxes(labels, first, semantics.pixels)
  const all = assign({ scales, anchors, boxes, semantics })
  return scales.map(({ l }) => all.filter(({ scale }) => scale === l))
}

/** The rows of labels with an objectness other than 0 (semantics S8). */
function labelled(scale: Scale, { data }: Grid): Match[] {
  const found: Match[] = []
  const stride = 5 + scale.classes
  for (let index = 0; index * stride < data.length; index++) {
    const start = startOf(scale, index)
    const [x = 0, y = 0, w = 0, h = 0, objectness = 0] = data.subarray(start, start + 5)
    if (objectness === 0) continue
    const classes = data.subarray(start + 5, start + stride)
    found.push({ ...placeAt(scale, index), scale: scale.l, box: { x, y, w, h }, objectness, classes, source: -1 })
  }
  return found
}

/** The last match of each row of predictions. */
export const lastOf = (matches: readonly Match[]): Map<number, Match> => new Map(matches.map((one) => [one.index, one]))

/** A match, and how much its coordinates count. */
export interface Weighed {
  readonly match: Match
  readonly weight: number
}

const loops: Readonly<Record<Semantics['sharedBox'], (matches: readonly Match[]) => Weighed[]>> = {
  last: (matches) => [...lastOf(matches).values()].map((match) => ({ match, weight: 1 })),
  each: (matches) => matches.map((match) => ({ match, weight: 1 })),
  mean(matches) {
    const labels = allClasses(matches)
    return matches.map((match) => ({ match, weight: 1 / count(labels.get(match.index)?.classes ?? [1]) }))
  },
}

const count = (classes: ArrayLike<number>): number => Array.from(classes).filter((y) => y !== 0).length

/** Matches whose coordinates are learnt. */
export const boxesOf = (matches: readonly Match[], { sharedBox }: Semantics): Weighed[] => loops[sharedBox](matches)

/** The last match of each row of predictions, with the classes of all. */
function allClasses(matches: readonly Match[]): Map<number, Match> {
  const found = new Map<number, Match>()
  for (const one of matches) {
    const before = found.get(one.index)
    const classes = before ? Float64Array.from(one.classes, (y, c) => Math.max(y, before.classes[c] ?? 0)) : one.classes
    found.set(one.index, { ...one, classes })
  }
  return found
}

/** Matches whose classes are learnt. */
export function classesOf(matches: readonly Match[], { sharedClass }: Semantics): readonly Match[] {
  if (sharedClass === 'each') return matches
  return [...(sharedClass === 'all' ? allClasses(matches) : lastOf(matches)).values()]
}
