import type { Real } from '../../../io/index.js'
import { product, type Value } from '../../../onnx/index.js'
import {
  cast,
  cellGrid,
  concat,
  filled,
  flatten,
  gather,
  less,
  max,
  not,
  reduceMax,
  reduceSum,
  reshape,
  reshapeLike,
  shapeOf,
  slice,
  squeeze,
  stackLoop,
  transpose,
  unsqueeze,
  where,
} from '../../../onnx/ops/index.js'
import { labelAxes } from '../../config/vocabulary.js'
import { bceWithLogits } from '../../formulas/bce.js'
import { decodeCentre, decodeSize } from '../../formulas/box.js'
import { type Box, iou } from '../../formulas/iou.js'
import { anchorTable, cellsOf, inLabelOrder, type LabelledHead } from '../../heads/head.js'
import { reordered } from '../../heads/layout.js'
import type { ScaleParts, Share } from '../../sums/parts.js'
import type { Numerics } from '../../terms/numerics.js'
import { targets } from '../../terms/targets.js'
import { type Cells, confidence, type Entropies, objectTerms, separateEntropies } from '../../terms/terms.js'
import { nonZeroPlaces } from '../compact/positives.js'

/**
 * The loss of one scale as keras-yolo3 writes it, to be read beside it: every term of every cell, and a loop over the
 * images for the ignore mask. Source: keras-yolo3 `yolo_loss`.
 */
export function loop<D extends Real>(head: LabelledHead<D>, scale: number, numerics: Numerics): ScaleParts<D> {
  const { labels, sizes, S, extent } = head
  const t = cellsOf(inLabelOrder(head)) // [B, h, w, A, ·]
  const y = cellsOf(labels)
  const c = cellGrid(sizes.h, sizes.w, [extent.h, extent.w], S.dtype) // [h, w, 1, 2]
  const a = anchorTable(head) // [A, 2]
  const { z, s } = targets(withSizes(y), t, { c, a, g: sizes.g, S }, numerics)
  const b: Box<D> = { xy: decodeCentre(t.xy, c, sizes.g), wh: decodeSize(t.wh, a, S) }
  const κ = less(bestIous(head, y, b), head.ignoreThreshold) // [B, h·w·A]
  const objects = objectTerms(z, t, summed(separateEntropies(z, t, numerics.decay)), s)
  const conf = confidenceOf(y.obj, t.obj, κ, numerics)
  const kept = reshapeLike(cast(κ, S.dtype), y.obj)
  const maps = (values: Value<D>) => [{ maps: values, scale }]
  return {
    terms: {
      xy: maps(objects.xy.value),
      wh: maps(objects.wh.value),
      conf: maps(reshapeLike(conf.value, y.obj)),
      class: maps(objects.class.value),
    },
    positives: { maps: cast(cast(y.obj, 'bool'), S.dtype), scale },
    ignore: { maps: kept, scale },
    ignored: { maps: cast(not(κ), S.dtype), scale },
    ignoreMask: kept,
    gradient: (share) => gradient(head, objects, reshapeLike(conf.slope, y.obj), share),
  }
}

/**
 * Labels in which each cell without object has a size of at least the image, which has a logarithm; o = 0 takes it out
 * again. The original selects among the logarithms, which costs the CPU provider a call for each pair of them. `[…, 2]`
 * and `[…, 1]` as they are.
 */
function withSizes<D extends Real>(y: Cells<D>): Cells<D> {
  const isObject = cast(flatten(y.obj), 'bool')
  const least = where(isObject, y.obj.graph.scalar(Number.NEGATIVE_INFINITY, y.obj.dtype), 1)
  return { ...y, wh: max(y.wh, reshapeLike(least, y.obj)) }
}

/** Σ_c E(z_c, t_c) of each cell, weighed afterwards in one number instead of C: `[…, C] → […, 1]` */
const summed = <D extends Real>({ xy, cls }: Pick<Entropies<D>, 'xy' | 'cls'>) => ({
  xy,
  cls: { ...cls, value: reduceSum(cls.value, { axes: [-1], keep: true }) },
})

/** The confidence term `[B, h·w·A]`: an axis of 1 behind the cells would cost the CPU provider a call for each. */
function confidenceOf<D extends Real>(o: Value<D>, t: Value<D>, κ: Value<'bool'>, { decay }: Numerics) {
  const [labels, logits] = [reshape(o, κ.shape), reshape(t, κ.shape)]
  const E = o.graph.scope('conf', () => bceWithLogits(labels, logits, decay))
  return confidence(labels, E, κ)
}

/**
 * Best IoU of each prediction with the true boxes of its image and scale, −1 where there are none: `[B, h·w·A]`. The
 * cells are the innermost axis, for short ones cost the CPU provider a call each.
 */
function bestIous<D extends Real>(
  { labels, sizes, extent }: LabelledHead<D>,
  y: Cells<D>,
  predicted: Box<D>,
): Value<D> {
  const { graph, dtype } = labels
  const { b, h, w, a } = extent
  const cells = product([h, w, a])
  const planes = (v: Value<D>) => reshape(transpose(v, [4, 0, 1, 2, 3]), [2, b, cells])
  const rows = (v: Value<D>) => reshape(v, [b, cells, v.shape[4] as number])
  return graph.scope('ignore', () => {
    const p = { xy: planes(predicted.xy), wh: planes(predicted.wh) }
    const truth = { xy: rows(y.xy), wh: rows(y.wh), o: reshape(y.obj, [b, cells]) }
    return stackLoop(sizes.b, b, [dtype, [cells]], (image) => {
      const own = (v: Value<D>) => unsqueeze(gather(v, image, 1), [1]) // [2, 1, h·w·A]
      const [xy, wh] = [own(p.xy), own(p.wh)]
      const at = nonZeroPlaces(gather(truth.o, image), 'n')
      const boxes = (v: Value<D>) => unsqueeze(transpose(gather(gather(v, image), at), [1, 0]), [2]) // [2, n, 1]
      const ious = iou({ xy, wh }, { xy: boxes(truth.xy), wh: boxes(truth.wh) }) // [1, n, h·w·A]
      // What a reduction over no boxes gives differs between runtimes; −1 beside them is below every threshold.
      const row = slice(xy, '0:1')
      const none = filled(shapeOf(row), row.shape, -1, dtype)
      return squeeze(reduceMax(concat([ious, none], 1), { axes: [1] }), [0])
    })
  })
}

function gradient<D extends Real>(
  { logits, layout }: LabelledHead<D>,
  { xy, wh, class: cls }: ReturnType<typeof objectTerms<D>>,
  conf: Value<D>,
  share: Share<D>,
): Value<D> {
  return logits.graph.scope('gradient', () => {
    const slopes = share({ xy: xy.slope, wh: wh.slope, conf, class: cls.slope }, 4)
    return reshapeLike(reordered(slopes, labelAxes, layout.axes), logits)
  })
}
