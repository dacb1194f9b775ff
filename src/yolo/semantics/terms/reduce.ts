import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { div, max, mul, type Operand, reduceSum } from '../../../onnx/math.js'
import { cast, squeeze } from '../../../onnx/shape.js'
import type { Semantics, TermName } from '../../../reference/semantics/records.js'
import type { Scale } from '../scale.js'

/** How many boxes and labels of classes are learnt at a scale, in all images: rank 0. */
export interface Counts<D extends Real = Real> {
  readonly boxes: Value<D>
  readonly labels: Value<D>
}

/** What a sum is divided by; nothing for 1. */
type Divisor = <D extends Real>(term: TermName, scale: Scale<D>, counts: Counts<D>) => Operand<D> | undefined

/** How many true entries there are, of all images. */
export const countOf = <D extends Real>(of: Value<'bool'>, dtype: D): Value<D> => reduceSum(cast(of, dtype))

/** B, a number where it is known. */
function imagesOf<D extends Real>({ extent, sizes, dtype }: Scale<D>): Operand<D> {
  return typeof extent.b === 'number' ? extent.b : cast(sizes.b, dtype)
}

/** B·h·w·A, counted as whole numbers first. */
function rowsOf<D extends Real>({ extent, sizes, rows: [cells, size], dtype }: Scale<D>): Operand<D> {
  if (typeof extent.b === 'number' && typeof cells === 'number') return extent.b * cells
  return cast(mul(sizes.b, squeeze(size, [0])), dtype)
}

const mean: Divisor = (term, scale, { boxes, labels }) => {
  if (term === 'conf') return rowsOf(scale)
  return max(term === 'class' ? mul(labels, scale.classes) : boxes, 1)
}

const divisors: Readonly<Record<Semantics['reduction'], Divisor>> = {
  batch: (_, scale) => imagesOf(scale),
  image: () => undefined,
  sum: () => undefined,
  mean,
  'mean-times-batch': mean,
}

/** What the sum of a term of a scale is multiplied by: weights, balance and reduction together. */
export function factorOf<D extends Real>(
  term: TermName,
  scale: Scale<D>,
  counts: Counts<D>,
  semantics: Semantics,
): Operand<D> {
  const balance = term === 'conf' ? (semantics.balance[scale.scales - 1 - scale.l] ?? 1) : 1
  const weight = semantics[`${term}Weight`] * balance
  const divisor = divisors[semantics.reduction](term, scale, counts)
  if (divisor === undefined) return weight
  return typeof divisor === 'number' ? weight / divisor : div(scale.graph.scalar(weight, scale.dtype), divisor)
}

/** What the loss is, of the sum of its terms. */
export const timesOf = <D extends Real>({ reduction }: Semantics, scale: Scale<D>): Operand<D> =>
  reduction === 'mean-times-batch' ? imagesOf(scale) : 1
