import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { and, equal, greater, less, not, where } from '../../../onnx/logic.js'
import { reduceMax } from '../../../onnx/math.js'
import { slice } from '../../../onnx/parts.js'
import type { Semantics, ValueOf } from '../../../reference/semantics/records.js'
import { decodes } from '../decode.js'
import type { Scale } from '../scale.js'
import type { Hiding } from './hiding.js'
import type { Numbers, Overlaps } from './overlap.js'
import { predictedBoxes, priorBoxes } from './predicted.js'

/** What is compared with the true boxes, and which rows are at all. */
interface Look {
  readonly boxes: <D extends Real>(scale: Scale<D>, semantics: Semantics) => Value<D>
  /** `[B, h·w·A]` */
  readonly which?: <D extends Real>(scale: Scale<D>, semantics: Semantics) => Value<'bool'>
}

const looks: Readonly<Record<Exclude<ValueOf<'maskOf'>, 'none'>, Look>> = {
  predictions: { boxes: predictedBoxes },
  likely: { boxes: predictedBoxes, which: isLikely },
  priors: { boxes: priorBoxes },
}

/** Whether some class is. */
function isLikely<D extends Real>({ logits }: Scale<D>, { decode, likelyAbove }: Semantics): Value<'bool'> {
  const most = reduceMax(slice(logits, '..., 5:'), { axes: [2] })
  return greater(decodes[decode].score(most), likelyAbove)
}

/** A best IoU against the threshold, and what a NaN is to be so that it is not below the threshold, nor above it. */
interface Test {
  readonly nan: number
  readonly counts: <D extends Real>(best: Value<D>, threshold: number) => Value<'bool'>
}

const tests: Readonly<Record<ValueOf<'atThreshold'>, Test>> = {
  ignored: { nan: Number.POSITIVE_INFINITY, counts: (best, threshold) => less(best, threshold) },
  counts: { nan: Number.NEGATIVE_INFINITY, counts: (best, threshold) => not(greater(best, threshold)) },
}

/**
 * κ of a scale `[B, h·w·A]`: whether a row without an object counts as background; undefined where all do. @param usual θ,
 * unless the rules say another
 */
export function maskOf<D extends Real>(
  scale: Scale<D>,
  hiding: () => Hiding<D>,
  semantics: Semantics,
  { overlaps, usual }: { readonly overlaps: Overlaps; readonly usual: number },
): Value<'bool'> | undefined {
  if (semantics.maskOf === 'none') return undefined
  const { boxes, which } = looks[semantics.maskOf]
  const { nan, counts } = tests[semantics.atThreshold]
  const numbers: Numbers = (ious) => where(equal(ious, ious), ious, nan)
  return scale.graph.scope(`layer${scale.l}/ignore`, () => {
    const best = overlaps(scale, boxes(scale, semantics), hiding(), numbers)
    const κ = counts(best, semantics.threshold || usual)
    return which ? not(and(which(scale, semantics), not(κ))) : κ
  })
}
