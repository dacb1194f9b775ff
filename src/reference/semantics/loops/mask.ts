import { type Box, iou } from '../../boxes.js'
import { trueBoxes } from '../cells/boxes.js'
import {
  at,
  countOf,
  isDense,
  type Place,
  placeAt,
  priorOf,
  type Scale,
  type SemanticsInput,
  startOf,
} from '../cells/input.js'
import type { Match } from '../cells/match.js'
import { type Decoding, decodingOf, predictedAt } from '../cells/predicted.js'
import { decodes } from '../formulas/decode.js'
import type { Semantics } from '../rules/rules.js'
import { lastOf } from './matches.js'

/** Boxes by image. */
type ByImage = readonly (readonly Box[])[]

/** κ of every scale, `[B,h,w,A]`: 1 where a cell without an object counts as background. */
export function masksOf(
  input: SemanticsInput,
  scales: readonly Scale[],
  matches: readonly (readonly Match[])[],
  semantics: Semantics,
): Uint8Array[] {
  if (semantics.maskOf === 'none') return scales.map((scale) => new Uint8Array(countOf(scale)).fill(1))
  const all = semantics.ignoreBoxes === 'image' ? allBoxes(input, scales, matches, semantics) : undefined
  return scales.map((scale, l) => {
    const boxes = all ?? boxesAt(scale, matches[l] ?? [], semantics)
    return maskOf(scale, boxes, semantics, semantics.threshold || input.ignoreThreshold, scales.length)
  })
}

/** Those of a scale: what its labels hold in the end, or everything that was assigned to it. */
function boxesAt({ batch }: Scale, matches: readonly Match[], { ignoreBoxes }: Semantics): ByImage {
  const kept = ignoreBoxes === 'scale' ? [...lastOf(matches).values()] : matches
  return byImage(batch, kept)
}

/** Those of the image: as given, or as far as labels of all scales still have them. */
function allBoxes(
  { labels }: SemanticsInput,
  scales: readonly Scale[],
  matches: readonly (readonly Match[])[],
  { pixels }: Semantics,
): ByImage {
  const [first] = scales
  if (!first) return []
  return byImage(first.batch, isDense(labels) ? matches.flat() : trueBoxes(labels, first, pixels))
}

function byImage(batch: number, all: readonly { readonly image: number; readonly box: Box }[]): ByImage {
  const images: Box[][] = Array.from({ length: batch }, () => [])
  for (const { image, box } of all) images[image]?.push(box)
  return images
}

function maskOf(scale: Scale, boxes: ByImage, semantics: Semantics, threshold: number, scales: number): Uint8Array {
  const mask = new Uint8Array(countOf(scale))
  const decoding = decodingOf(semantics, scale.l, scales)
  const counts = tests[semantics.atThreshold]
  for (let index = 0; index < mask.length; index++) {
    const place = placeAt(scale, index)
    const near = boxes[place.image] ?? []
    mask[index] = near.length === 0 || counts(overlaps(scale, place, near, semantics, decoding), threshold) ? 1 : 0
  }
  return mask
}

/** A NaN is not below the threshold, nor above it (semantics S16). */
const tests: Readonly<Record<Semantics['atThreshold'], (ious: readonly number[], threshold: number) => boolean>> = {
  ignored: (ious, threshold) => ious.every((ratio) => ratio < threshold),
  counts: (ious, threshold) => !ious.some((ratio) => ratio > threshold),
}

/** What is compared with the threshold; nothing where nothing is looked at. */
function overlaps(
  scale: Scale,
  place: Place,
  boxes: readonly Box[],
  semantics: Semantics,
  decoding: Decoding,
): number[] {
  if (semantics.maskOf === 'likely' && !isLikely(scale, place.index, semantics)) return []
  const own = semantics.maskOf === 'priors' ? priorOf(scale, place) : predictedAt(scale, place, decoding).box
  return boxes.map((box) => iou(own, box))
}

/** Whether some class is. */
function isLikely(scale: Scale, index: number, { decode, likelyAbove }: Semantics): boolean {
  const start = startOf(scale, index) + 5
  for (let c = 0; c < scale.classes; c++)
    if (decodes[decode].score(at(scale.logits, start + c)).value > likelyAbove) return true
  return false
}
