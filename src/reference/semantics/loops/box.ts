import type { Box } from '../../boxes.js'
import { at, type Scale, startOf } from '../cells/input.js'
import type { Match } from '../cells/match.js'
import { decodingOf, predictedAt } from '../cells/predicted.js'
import { absolute } from '../formulas/absolute.js'
import { bce } from '../formulas/bce.js'
import { ciou } from '../formulas/ciou.js'
import type { Decode } from '../formulas/decode.js'
import { diou } from '../formulas/diou.js'
import { giou } from '../formulas/giou.js'
import { plainIou } from '../formulas/iou.js'
import type { Likeness } from '../formulas/overlap.js'
import type { Pointwise } from '../formulas/pointwise.js'
import { halfSquared, squared } from '../formulas/squared.js'
import type { Semantics } from '../rules/rules.js'
import type { Weighed } from './matches.js'
import { Tally } from './tally.js'

/** What the terms of a box are computed from. */
export interface BoxTerm {
  readonly scale: Scale
  /** How many scales there are. */
  readonly scales: number
  readonly boxes: readonly Weighed[]
  readonly semantics: Semantics
}

const scaling: Readonly<Record<Semantics['boxScale'], (box: Box) => number>> = {
  area: ({ w, h }) => 2 - w * h,
  one: () => 1,
  squared: ({ w, h }) => (2 - w * h) ** 2,
}

/** o·s of a match, as far as it counts. */
const weightOf = ({ match, weight }: Weighed, { boxScale }: Semantics): number =>
  weight * match.objectness * scaling[boxScale](match.box)

const centres: Readonly<Record<Exclude<Semantics['centre'], 'none'>, Pointwise>> = { bce, squared, l1: absolute }

/** The term xy: how far centres lie from those of the boxes. */
export function centreTerm({ scale, scales, boxes, semantics }: BoxTerm): Tally {
  const tally = new Tally(scale.batch)
  if (semantics.centre === 'none') return tally
  const loss = centres[semantics.centre]
  const decoding = semantics.centre === 'bce' ? undefined : decodingOf(semantics, scale.l, scales)
  for (const weighed of boxes) {
    const { match } = weighed
    const weight = weightOf(weighed, semantics)
    for (const [k, z] of centreTargets(scale, match, semantics.targetMargin).entries()) {
      const place = startOf(scale, match.index) + k
      const t = at(scale.logits, place)
      // The cross-entropy is taken of the logit, however it is decoded; errors are those of the decoded centre.
      const d = decoding ? decoding.centre(t, decoding.q) : { value: t, slope: 1 }
      const { value, slope } = loss(z, d.value)
      tally.add(match.image, weight * value)
      tally.slope(place, weight * slope * d.slope)
    }
  }
  return tally
}

/** z: where the centre lies in the cell, kept away from its borders where that is asked for. */
function centreTargets({ columns, rows }: Scale, { box, column, row }: Match, margin: number): number[] {
  const targets = [box.x * columns - column, box.y * rows - row]
  return margin === 0 ? targets : targets.map((z) => Math.min(Math.max(z, margin), 1 - margin))
}

const sizes: Readonly<Record<Exclude<Semantics['size'], 'none' | 'roots'>, Pointwise>> = {
  'half-squared': halfSquared,
  squared,
  l1: absolute,
}

/** The term wh: how far sizes are from those of the boxes. @param guard leaves out sides that are not above 0 */
export function sizeTerm({ scale, scales, boxes, semantics }: BoxTerm, guard: boolean): Tally {
  const tally = new Tally(scale.batch)
  if (semantics.size === 'none') return tally
  const decode = semantics.size === 'roots' ? decodingOf(semantics, scale.l, scales) : undefined
  for (const weighed of boxes) {
    const { match } = weighed
    const weight = weightOf(weighed, semantics)
    for (const k of [0, 1] as const) {
      const side = k === 0 ? match.box.w : match.box.h
      if (guard && !(side > 0)) continue
      const place = startOf(scale, match.index) + 2 + k
      const { value, slope } = sideLoss(scale, match, k, at(scale.logits, place), semantics, decode)
      tally.add(match.image, weight * value)
      tally.slope(place, weight * slope)
    }
  }
  return tally
}

function sideLoss(scale: Scale, match: Match, k: 0 | 1, t: number, semantics: Semantics, decode: Decode | undefined) {
  const side = k === 0 ? match.box.w : match.box.h
  const pixels = k === 0 ? scale.input.width : scale.input.height
  const anchor = (scale.anchors[match.anchor] as readonly [number, number])[k]
  if (decode) {
    const root = decode.root(t, anchor / pixels)
    const { value, slope } = squared(Math.sqrt(side), root.value)
    return { value, slope: slope * root.slope }
  }
  const least = semantics.smallestSize
  // Divided first, as the labels of keras-yolo3 are.
  const z = least > 0 ? Math.log(Math.max(side * pixels, least) / anchor) : Math.log((side / anchor) * pixels)
  return sizes[semantics.size as keyof typeof sizes](z, t)
}

const likenesses: Readonly<Record<Exclude<Semantics['box'], 'none'>, Likeness>> = { iou: plainIou, giou, diou, ciou }

/** How many units of length the input has along each axis. */
const units: Readonly<Record<Semantics['boxUnit'], (scale: Scale) => readonly [number, number]>> = {
  fraction: () => [1, 1],
  pixels: ({ input }) => [input.width, input.height],
  cells: ({ columns, rows }) => [columns, rows],
}

const inUnits = ({ x, y, w, h }: Box, [across, down]: readonly [number, number]): Box => ({
  x: x * across,
  y: y * down,
  w: w * across,
  h: h * down,
})

/** How like a predicted box is to that of its match, by the rule or another. */
export function likenessAt(
  { scale, scales, semantics }: Omit<BoxTerm, 'boxes'>,
  match: Match,
  kind: keyof typeof likenesses,
  { epsilon = semantics.boxEpsilon, held }: { readonly epsilon?: number; readonly held?: number | undefined } = {},
) {
  const unit = units[semantics.boxUnit](scale)
  const { box, slopes } = predictedAt(scale, match, decodingOf(semantics, scale.l, scales))
  const found = likenesses[kind](inUnits(box, unit), inUnits(match.box, unit), epsilon, held)
  const lengths = [unit[0], unit[1], unit[0], unit[1]]
  return { ...found, byLogit: found.by.map((by, k) => by * (lengths[k] as number) * (slopes[k] as number)) }
}

/** What stays constant in the derivatives of the term box, for each of its boxes. */
export const heldConstant = (term: BoxTerm): (number | undefined)[] => {
  const { box } = term.semantics
  return box === 'none' ? [] : term.boxes.map(({ match }) => likenessAt(term, match, box).held)
}

/** The term box: what boxes as a whole lack. @param held of each box, instead of what the logits give */
export function wholeBoxTerm(term: BoxTerm, held?: readonly (number | undefined)[]): Tally {
  const { scale, boxes, semantics } = term
  const tally = new Tally(scale.batch)
  if (semantics.box === 'none') return tally
  for (const [i, weighed] of boxes.entries()) {
    const { match } = weighed
    const weight = weightOf(weighed, semantics)
    const { value, byLogit } = likenessAt(term, match, semantics.box, { held: held?.[i] })
    tally.add(match.image, weight * (1 - value))
    for (const [k, by] of byLogit.entries()) tally.slope(startOf(scale, match.index) + k, -weight * by)
  }
  return tally
}
