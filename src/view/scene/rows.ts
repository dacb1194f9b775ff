import { type ScaleRows, type Terms, yoloRows } from '../../reference/index.js'
import { termNames } from '../../yolo/index.js'
import type { Place } from '../viewed.js'
import { type Asked, sizesOf } from './asked.js'

/** How many rows of a batch are shown with all they have for being the worst, and how many are listed. */
export const [worstShown, worstListed] = [200, 10] as const

/** A row of the batch, by the sum of its terms. */
export interface Ranked extends Place {
  readonly total: number
}

/** The rows of every scale as the reference has them. */
export const rowsOf = ({ answers }: Asked): readonly ScaleRows[] => {
  const { weights, divisor } = answers.averaging
  return yoloRows(answers.input, { weights, divisor })
}

const totalAt = (terms: Terms<Float64Array>, i: number): number =>
  termNames.reduce((sum, name) => sum + (terms[name][i] ?? Number.NaN), 0)

/** What is NaN is worse than anything. */
const rank = (total: number): number => (Number.isNaN(total) ? Number.POSITIVE_INFINITY : total)

/** The rows with the greatest terms of the whole batch, the worst first. */
export function worstOf({ answers: { input } }: Asked, rows: readonly ScaleRows[]): Ranked[] {
  const worst: Ranked[] = []
  for (const [scale, { terms }] of rows.entries()) {
    const { each } = sizesOf(input, scale)
    for (let i = 0; i < terms.conf.length; i++) {
      const total = totalAt(terms, i)
      const least = worst[worstShown - 1]
      if (total === 0 || (least && rank(total) <= rank(least.total))) continue
      const found = { image: Math.floor(i / each), scale, row: i % each, total }
      worst.splice(placeIn(worst, rank(total)), 0, found)
      if (worst.length > worstShown) worst.pop()
    }
  }
  return worst
}

/** Where a total belongs in a list that falls, behind its equals. */
function placeIn(worst: readonly Ranked[], total: number): number {
  let [from, to] = [0, worst.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (rank((worst[middle] as Ranked).total) >= total) from = middle + 1
    else to = middle
  }
  return from
}
