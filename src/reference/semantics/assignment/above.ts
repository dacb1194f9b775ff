import type { TrueBox } from '../cells/boxes.js'
import { type Match, matchAt } from '../cells/match.js'
import { alike } from './alike.js'
import type { Assign, Assigning } from './assign.js'
import { atScales, bestAnchor } from './best.js'

/** Every anchor of the masks whose likeness to a box exceeds the limit, but one. */
function othersAbove({ scales, semantics }: Assigning, own: TrueBox, but: number): Match[] {
  return scales.flatMap((scale) =>
    scale.mask.flatMap((anchor, place) => {
      const isLike = alike(own.box, scale.anchors[place] as [number, number], scale.input) > semantics.assignAbove
      return isLike && anchor !== but ? [matchAt(scale, own, place)] : []
    }),
  )
}

/** The best, and all that are like enough. */
export const bestAndAbove: Assign = (given) =>
  given.boxes.flatMap((own) => {
    const anchor = bestAnchor(given, own)
    return [...atScales(given, own, anchor), ...othersAbove(given, own, anchor)]
  })

/** The same, but further anchors only where nothing was written before. */
export const bestAndFree: Assign = (given) => {
  const written: Match[] = []
  const isTaken = (one: Match) => written.some(({ scale, index }) => scale === one.scale && index === one.index)
  for (const own of given.boxes) {
    const anchor = bestAnchor(given, own)
    written.push(...atScales(given, own, anchor))
    for (const other of othersAbove(given, own, anchor)) if (!isTaken(other)) written.push(other)
  }
  return written
}

/** All that are like enough, and no other. */
export const above: Assign = (given) => given.boxes.flatMap((own) => othersAbove(given, own, -1))
