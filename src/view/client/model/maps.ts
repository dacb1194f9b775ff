import type { Sums, Term, ViewedImage, ViewedScale } from '../../viewed.js'
import { rowCount, shownOf } from './rows.js'

export const termNames: readonly Term[] = ['xy', 'wh', 'conf', 'class']

/** What each term is, in words. */
export const termTitles: Readonly<Record<Term, string>> = {
  xy: 'Centre (xy)',
  wh: 'Size (wh)',
  conf: 'Confidence',
  class: 'Class',
}

export const total = (sums: Sums): number => sums.xy + sums.wh + sums.conf + sums.class

/** The term that makes most of a row: one that is no number, or infinite, before all others. */
export function largestTerm(sums: Sums): Term {
  const size = (name: Term) => (Number.isFinite(sums[name]) ? sums[name] : Number.POSITIVE_INFINITY)
  return termNames.reduce((most, name) => (size(name) > size(most) ? name : most))
}

/** Sum of all that an image has; what a refused box makes NaN is no sum. */
export const lossOfImage = ({ scales, refused }: ViewedImage): number =>
  refused
    ? Number.NaN
    : scales.reduce((sum, scale) => mapValues(scale, mapOf('loss'), everyAnchor).reduce((a, b) => a + b, sum), 0)

export type MapName = 'loss' | Term | 'gradient' | 'iou'

/** A number for each row that a heat map shows. */
export interface MapKind {
  readonly name: MapName
  readonly title: string
  /** What it is a map of, as part of a sentence. */
  readonly of: string
  readonly at: (scale: ViewedScale, row: number) => number
  /** What stands for a cell whose anchors all are shown. */
  readonly join: 'sum' | 'length' | 'most'
  /** Where its numbers lie, if that is known. */
  readonly range?: readonly [number, number]
}

const confidence = (scale: ViewedScale, row: number): number =>
  shownOf(scale, row)?.terms.conf ?? scale.cells?.conf[row] ?? 0

const termAt = (term: Term) => (scale: ViewedScale, row: number) =>
  term === 'conf' ? confidence(scale, row) : (shownOf(scale, row)?.terms[term] ?? 0)

/** Of most rows, which are background, the confidence is all. */
function lossAt(scale: ViewedScale, row: number): number {
  const shown = shownOf(scale, row)
  return shown ? total(shown.terms) : (scale.cells?.conf[row] ?? 0)
}

const ofTerm = (name: Term): MapKind => ({
  name,
  title: termTitles[name],
  of: `the ${name} term`,
  at: termAt(name),
  join: 'sum',
})

export const mapKinds: readonly MapKind[] = [
  { name: 'loss', title: 'All terms', of: 'the loss', at: lossAt, join: 'sum' },
  ...termNames.map(ofTerm),
  {
    name: 'gradient',
    title: 'Gradient',
    of: 'the length of the gradient',
    at: ({ cells }, row) => cells?.slope[row] ?? 0,
    join: 'length',
  },
  {
    name: 'iou',
    title: 'IoU',
    of: 'the best IoU with a true box',
    // No true box, no IoU: nothing to paint.
    at: ({ cells }, row) => Math.max(cells?.iou[row] ?? 0, 0),
    join: 'most',
    range: [0, 1],
  },
]

export const mapOf = (name: MapName): MapKind => mapKinds.find((kind) => kind.name === name) as MapKind

/** All anchors of a cell together. */
export const everyAnchor = -1

const joined: Readonly<Record<MapKind['join'], (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  length: (values) => Math.sqrt(values.reduce((a, b) => a + b * b, 0)),
  most: (values) => values.reduce((a, b) => Math.max(a, b), 0),
}

/** The map of a scale, `[h,w]` flat, of an anchor or of all of them. */
export function mapValues(scale: ViewedScale, kind: MapKind, anchor: number): Float64Array {
  const A = scale.anchors.length
  const all = scale.anchors.map((_, a) => a)
  return Float64Array.from({ length: rowCount(scale) / A }, (_, cell) =>
    anchor === everyAnchor
      ? joined[kind.join](all.map((a) => kind.at(scale, cell * A + a)))
      : kind.at(scale, cell * A + anchor),
  )
}

/** Sum of a term over the map of a scale, all anchors. */
export function mapSum(images: readonly ViewedImage[], scale: number, term: Term): number {
  let sum = 0
  for (const image of images) {
    const viewed = image.scales[scale]
    if (viewed) for (const x of mapValues(viewed, mapOf(term), everyAnchor)) sum += x
  }
  return sum
}
