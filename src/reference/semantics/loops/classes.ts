import { at, countOf, placeAt, type Scale, startOf } from '../cells/input.js'
import type { Match } from '../cells/match.js'
import { weightedBce } from '../formulas/bce.js'
import { decodes } from '../formulas/decode.js'
import type { Pointwise } from '../formulas/pointwise.js'
import { retina } from '../formulas/retina.js'
import { smoothings } from '../formulas/smoothing.js'
import { type ClassLoss, softmax, softmaxFocal } from '../formulas/softmax.js'
import { squared } from '../formulas/squared.js'
import type { Semantics } from '../rules/rules.js'
import { Tally } from './tally.js'

/** What the term class is computed from. */
export interface ClassTerm {
  readonly scale: Scale
  /** Labels, as boxes that share a row are dealt with. */
  readonly labels: readonly Match[]
  readonly semantics: Semantics
}

type Loss = (y: readonly number[], t: readonly number[], weights: readonly number[]) => ClassLoss

/** One class after the other. */
const each =
  (loss: Pointwise): Loss =>
  (y, t, weights) => {
    const parts = t.map((own, c) => ({ ...loss(y[c] as number, own), weight: weights[c] ?? 1 }))
    return {
      value: parts.reduce((sum, { value, weight }) => sum + weight * value, 0),
      slopes: parts.map(({ slope, weight }) => weight * slope),
    }
  }

const losses: Readonly<Record<Semantics['class'], (semantics: Semantics) => Loss>> = {
  bce: ({ classPositive }) => each(weightedBce(classPositive)),
  focal: ({ classAlpha, classGamma }) => each(retina(classAlpha, classGamma)),
  softmax: () => (y, t, weights) => softmax(weighed(y, weights), t),
  'softmax-focal':
    ({ classAlpha: alpha, classGamma: gamma }) =>
    (y, t, weights) =>
      softmaxFocal(weighed(y, weights), t, { alpha, gamma }),
  squared: ({ decode }) =>
    each((z, t) => {
      const score = decodes[decode].score(t)
      const { value, slope } = squared(z, score.value)
      return { value, slope: slope * score.slope }
    }),
}

const weighed = (y: readonly number[], weights: readonly number[]): number[] =>
  y.map((own, c) => own * (weights[c] ?? 1))

/** The term class: what the labelled rows, or all, say of their classes. */
export function classTerm({ scale, labels, semantics }: ClassTerm): Tally {
  const tally = new Tally(scale.batch)
  if (scale.classes === 1 && semantics.singleClass === 'none') return tally
  const loss = losses[semantics.class](semantics)
  const smooth = smoothings[semantics.smoothing]
  const weights = semantics.classWeights
  const add = (image: number, index: number, weight: number, classes: ArrayLike<number>) => {
    const start = startOf(scale, index) + 5
    const t = Array.from({ length: scale.classes }, (_, c) => at(scale.logits, start + c))
    const y = t.map((_, c) => smooth(classes[c] ?? 0, scale.classes, semantics.smooth))
    const { value, slopes } = loss(y, t, weights)
    tally.add(image, weight * value)
    for (const [c, slope] of slopes.entries()) tally.slope(start + c, weight * slope)
  }
  if (semantics.classCells === 'objects')
    for (const { image, index, objectness, classes } of labels) add(image, index, objectness, classes)
  else everywhere(scale, labels, add)
  return tally
}

/** Rows without a label are taught that they have no class; those with one count no more than others. */
function everywhere(
  scale: Scale,
  labels: readonly Match[],
  add: (image: number, index: number, weight: number, classes: ArrayLike<number>) => void,
): void {
  const known = new Set(labels.map(({ index }) => index))
  for (const { image, index, classes } of labels) add(image, index, 1, classes)
  for (let index = 0; index < countOf(scale); index++)
    if (!known.has(index)) add(placeAt(scale, index).image, index, 1, [])
}
