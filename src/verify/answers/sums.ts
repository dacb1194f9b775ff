import type { ImageSums, OracleResult, ScaleResult, Terms } from '../../reference/index.js'
import { type LossConfig, termNames } from '../../yolo/index.js'
import { type Answer, exactly, vector } from './answer.js'
import type { Asked } from './inputs.js'

/** How sums of images become outputs: weighed, and divided by the batch, by the graph's own divisor, or by nothing. */
export interface Averaging {
  readonly weights: Terms<number>
  readonly divisor: number
  /** Whether each image has its own loss. */
  readonly byImage: boolean
  readonly rank: 0 | 1
  /** Images whose loss is NaN, as a box of theirs was refused. */
  readonly refused: ReadonlySet<number>
}

export function averagingOf(
  { weights, reduction, lossRank }: LossConfig,
  { input, normalizer, refusal }: Asked,
): Averaging {
  const batch = input.logits[0]?.shape[0] ?? 0
  const divisor = normalizer ?? (reduction === 'batch-mean' ? batch : 1)
  const byImage = reduction === 'none'
  const refused = refusal?.images ?? new Set<number>()
  const sound = byImage || refused.size === 0
  return { weights, divisor: sound ? divisor : Number.NaN, byImage, rank: lossRank === 1 ? 1 : 0, refused }
}

/** Numbers of each image: values, how far rounding may move them, and the size of what cancelled in them. */
interface Sum {
  readonly values: Float64Array
  readonly bounds: Float64Array
  readonly sizes: Float64Array
}

const total = (numbers: Float64Array): number => numbers.reduce((sum, x) => sum + x, 0)

/** Sums of images, each term times its weight. */
function weighed(terms: Terms<ImageSums>, { weights, divisor, byImage, refused }: Averaging): Sum[] {
  return termNames.map((name) => {
    const factor = weights[name] / divisor
    const values = terms[name].values.map((x, b) => (byImage && refused.has(b) ? Number.NaN : x * factor))
    return { values, bounds: terms[name].bounds.map((x) => Math.abs(x * factor)), sizes: values.map(Math.abs) }
  })
}

/** Everything of each image. */
function addedUp(sums: readonly Sum[]): Sum {
  const of = (pick: (sum: Sum) => Float64Array) =>
    Float64Array.from(sums[0]?.values ?? [], (_, b) => sums.reduce((n, sum) => n + (pick(sum)[b] ?? Number.NaN), 0))
  return { values: of((s) => s.values), bounds: of((s) => s.bounds), sizes: of((s) => s.sizes) }
}

/** What cancels keeps the rounding of its parts. */
const answer = (
  { values, bounds, sizes }: Sum,
  { byImage, rank, divisor }: Averaging,
  rtol: number,
  isLoss = false,
): Answer => {
  const room = (size: number, value: number, bound: number) =>
    Number.isFinite(value) ? bound + rtol * Math.max(size - Math.abs(value), 0) : 0
  if (byImage)
    return vector(
      [values.length],
      values,
      values.map((v, b) => room(sizes[b] ?? 0, v, bounds[b] ?? 0)),
    )
  const sum = divisor === 0 ? Number.NaN : total(values) // the mean over no image
  return vector(isLoss && rank === 1 ? [1] : [], [sum], [room(total(sizes), sum, total(bounds))])
}

/** A term of a scale. */
export const termAnswer = (
  scale: ScaleResult,
  name: keyof Terms<unknown>,
  averaging: Averaging,
  rtol: number,
): Answer => answer(weighed(scale.perImage, averaging)[termNames.indexOf(name)] as Sum, averaging, rtol)

/** A count of a scale, neither weighed nor divided. */
export const countAnswer = (perImage: Float64Array, { byImage }: Averaging): Answer =>
  byImage ? exactly([perImage.length], perImage) : exactly([], [total(perImage)])

const lossSum = ({ scales }: OracleResult, averaging: Averaging): Sum =>
  addedUp(scales.flatMap((scale) => weighed(scale.perImage, averaging)))

const floorSum = ({ scales }: OracleResult, averaging: Averaging): Sum =>
  addedUp(scales.flatMap((scale) => weighed(scale.perImageFloor, averaging)))

export const lossAnswer = (result: OracleResult, averaging: Averaging, rtol: number): Answer =>
  answer(lossSum(result, averaging), averaging, rtol, true)

/** The floor; labels without bound and weights below 0 make it −∞ + ∞, which is NaN there too. */
export const floorAnswer = (result: OracleResult, averaging: Averaging, rtol: number): Answer =>
  answer(floorSum(result, averaging), averaging, rtol)

/** What the loss is above its floor; ∞ − ∞ is NaN there too. */
export function excessAnswer(result: OracleResult, averaging: Averaging, rtol: number): Answer {
  const [loss, floor] = [lossSum(result, averaging), floorSum(result, averaging)]
  const negated = { ...floor, values: floor.values.map((x) => -x) }
  return answer(addedUp([loss, negated]), averaging, rtol)
}
