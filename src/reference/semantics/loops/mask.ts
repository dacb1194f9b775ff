import { type Box, iou } from '../../boxes.js'
import { trueBoxes } from '../cells/boxes.js'
import { at, countOf, isDense, placeAt, priorOf, type Scale, type SemanticsInput, startOf } from '../cells/input.js'
import type { Match } from '../cells/match.js'
import { decodingOf, predictedAt } from '../cells/predicted.js'
import { decodes } from '../formulas/decode.js'
import type { Semantics } from '../rules/rules.js'
import { lastOf } from './matches.js'

/** Boxes by image. */
type ByImage = readonly (readonly Box[])[]

/** What true boxes are found in. */
interface Labelled {
  readonly scales: readonly Scale[]
  readonly labels: SemanticsInput['labels']
  readonly matches: readonly (readonly Match[])[]
}

/**
 * The best IoU of each row of predictions, `[B,h,w,A]`, with the true boxes that may hide it: −∞ where there are none or
 * nothing is looked at, NaN where one is (semantics S16).
 */
export function overlapsOf(l: number, given: Labelled, semantics: Semantics): Float64Array {
  const scale = given.scales[l] as Scale
  const boxes =
    semantics.ignoreBoxes === 'image' ? allBoxes(given, semantics) : boxesAt(scale, given.matches[l] ?? [], semantics)
  const decoding = semantics.maskOf === 'priors' ? undefined : decodingOf(semantics, l, given.scales.length)
  const looks = semantics.maskOf === 'likely' ? (index: number) => isLikely(scale, index, semantics) : () => true
  const best = new Float64Array(countOf(scale)).fill(Number.NEGATIVE_INFINITY)
  for (let index = 0; index < best.length; index++) {
    const place = placeAt(scale, index)
    const near = boxes[place.image] ?? []
    if (near.length === 0 || !looks(index)) continue
    const own = decoding ? predictedAt(scale, place, decoding).box : priorOf(scale, place)
    for (const box of near) best[index] = Math.max(best[index] as number, iou(own, box))
  }
  return best
}

/** Those of a scale: what its labels hold in the end, or everything that was assigned to it. */
function boxesAt({ batch }: Scale, matches: readonly Match[], { ignoreBoxes }: Semantics): ByImage {
  const kept = ignoreBoxes === 'scale' ? [...lastOf(matches).values()] : matches
  return byImage(batch, kept)
}

/** Those of the image: as given, or as far as labels of all scales still have them. */
function allBoxes({ labels, scales, matches }: Labelled, { pixels }: Semantics): ByImage {
  const [first] = scales
  if (!first) return []
  return byImage(first.batch, isDense(labels) ? matches.flat() : trueBoxes(labels, first, pixels))
}

function byImage(batch: number, all: readonly { readonly image: number; readonly box: Box }[]): ByImage {
  const images: Box[][] = Array.from({ length: batch }, () => [])
  for (const { image, box } of all) images[image]?.push(box)
  return images
}

/** κ of a scale, `[B,h,w,A]`: 1 where a cell without an object counts as background. */
export function maskFrom(
  scale: Scale,
  overlaps: Float64Array | undefined,
  semantics: Semantics,
  usual: number,
): Uint8Array {
  if (!overlaps) return new Uint8Array(countOf(scale)).fill(1)
  const [counts, limit] = [tests[semantics.atThreshold], semantics.threshold || usual]
  return Uint8Array.from(overlaps, (best) => (counts(best, limit) ? 1 : 0))
}

/** A NaN is not below the threshold, nor above it. */
const tests: Readonly<Record<Semantics['atThreshold'], (best: number, threshold: number) => boolean>> = {
  ignored: (best, threshold) => best < threshold,
  counts: (best, threshold) => !(best > threshold),
}

/** Whether some class is. */
function isLikely(scale: Scale, index: number, { decode, likelyAbove }: Semantics): boolean {
  const start = startOf(scale, index) + 5
  for (let c = 0; c < scale.classes; c++)
    if (decodes[decode].score(at(scale.logits, start + c)).value > likelyAbove) return true
  return false
}
