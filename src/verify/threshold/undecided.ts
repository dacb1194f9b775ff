import { crossEntropy, type OracleInput, type ScaleResult } from '../../reference/index.js'
import type { CellPlace } from '../../yolo/index.js'
import type { Answers } from '../answers/answers.js'
import { indexOf } from '../compare/scalar.js'

/** A cell whose best IoU rounding can move to either side of the threshold. */
export interface NearCell extends CellPlace {
  /** In float64. */
  readonly bestIou: number
  /** Between what rounding may move it on this provider; θ lies in between. */
  readonly low: number
  readonly high: number
  /** Whether it fell on the other side than expected; undefined where no mask is an output. */
  readonly flipped?: boolean
  /** What that does to the confidence term of its scale. */
  readonly confidenceChange: number
  /** What it does to the sum of the ignore mask. */
  readonly maskChange: 1 | -1
}

export interface MaskCell extends NearCell {
  /** Its place in the mask. */
  readonly place: number
}

/** How a provider rounds: so many times as coarsely as a CPU. */
export interface Rounding {
  readonly rounding: number
}

function cellsOf(scale: number, result: ScaleResult, input: OracleInput, { rounding }: Rounding, weight: number) {
  const { logits, labels, ignoreThreshold: θ } = input
  const [shape, truth] = [labels[scale]?.shape ?? [], labels[scale]?.data ?? []]
  const values = logits[scale]?.data ?? []
  const entries = shape[4] ?? 1
  const found: MaskCell[] = []
  for (const [place, bestIou] of result.bestIou.entries()) {
    const low = moved(bestIou, result.iouLow[place] ?? Number.NaN, rounding)
    const high = moved(bestIou, result.iouHigh[place] ?? Number.NaN, rounding)
    if (!(low < θ && θ <= high)) continue
    const [image = 0, row = 0, column = 0, anchor = 0] = indexOf(place, shape.slice(0, 4))
    const [o, t] = [truth[place * entries + 4] ?? 0, values[place * entries + 4] ?? 0]
    const maskChange = result.ignoreMask[place] ? -1 : 1
    const confidenceChange = maskChange * (1 - o) * crossEntropy(o, t) * weight
    found.push({ scale, image, row, column, anchor, bestIou, low, high, confidenceChange, maskChange, place })
  }
  return found
}

/** A bound so many times as far from the value. */
const moved = (value: number, bound: number, times: number): number =>
  Number.isFinite(bound) ? value + times * (bound - value) : bound

/** The cells of a run that lie at the threshold. */
export function undecidedCells(answers: Answers, rounding: Rounding): MaskCell[] {
  const { weights, divisor } = answers.averaging
  const { result, input } = answers
  return result.scales.flatMap((scale, l) => cellsOf(l, scale, input, rounding, weights.conf / divisor))
}
