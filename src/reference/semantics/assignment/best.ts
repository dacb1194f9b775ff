import type { TrueBox } from '../cells/boxes.js'
import { type Match, matchAt } from '../cells/match.js'
import { alike, argmax } from './alike.js'
import type { Assign, Assigning } from './assign.js'

/** The anchor of all that is most like a box. */
export function bestAnchor({ anchors, scales }: Assigning, { box }: TrueBox): number {
  const [scale] = scales
  return scale ? argmax(anchors.map((anchor) => alike(box, anchor, scale.input))) : -1
}

/** An anchor at every scale that has it. */
export function atScales({ scales }: Assigning, own: TrueBox, anchor: number): Match[] {
  return scales.flatMap((scale) => {
    const place = scale.mask.indexOf(anchor)
    return place < 0 ? [] : [matchAt(scale, own, place)]
  })
}

/** One anchor for a box, in each mask that has it: two, one or none. */
export const best: Assign = (given) => given.boxes.flatMap((own) => atScales(given, own, bestAnchor(given, own)))

/** One anchor and scale for a box: whatever the masks have competes, coarsest scale first. */
export const bestOfMasks: Assign = ({ scales, boxes }) =>
  boxes.flatMap((own) => {
    const all = scales.flatMap((scale) => scale.anchors.map((anchor, place) => ({ scale, anchor, place })))
    const found = all[argmax(all.map(({ anchor, scale }) => alike(own.box, anchor, scale.input)))]
    return found ? [matchAt(found.scale, own, found.place)] : []
  })
