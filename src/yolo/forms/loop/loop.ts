import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { less, not, where } from '../../../onnx/logic.js'
import { max, type Operand, reduceMax } from '../../../onnx/math.js'
import { concat, slice } from '../../../onnx/parts.js'
import { cellGrid, filled, gather, stackLoop } from '../../../onnx/select.js'
import { cast, flatten, reshapeLike, shapeOf, squeeze, transpose, unsqueeze } from '../../../onnx/shape.js'
import { labelAxes, ofEachTerm, type Terms } from '../../config/vocabulary.js'
import { bceWithLogits, type Differentiable, type Tail } from '../../formulas/bce.js'
import { decodeCentre, decodeSize } from '../../formulas/box.js'
import { type Box, iou } from '../../formulas/iou.js'
import {
  anchorTable,
  type CellCount,
  cellsPerImage,
  type Heads,
  inLabelOrder,
  type LabelledHead,
  ofEach,
  ofImages,
} from '../../heads/head.js'
import { reordered } from '../../heads/layout.js'
import { nonZeroPlaces } from '../../heads/rows.js'
import { mapAddends } from '../../sums/addends.js'
import type { Share } from '../../sums/averaging.js'
import { termByTerm } from '../../sums/ledger.js'
import { entrySum, mapSums, totalOf } from '../../sums/maps.js'
import { byEntry, type Entries } from '../../terms/entries.js'
import { type Entropies, separateEntropies } from '../../terms/entropies.js'
import { targets } from '../../terms/targets.js'
import { confidence, objectTerms } from '../../terms/terms.js'
import type { Form, Numerics, Parts } from '../form.js'

/** What is made of one scale. */
type ScaleParts<D extends Real> = ReturnType<typeof ofScale<D>>

/**
 * The loss as keras-yolo3 writes it, to be read beside it: every term of every cell, and a loop over the images for the
 * ignore mask. Source: keras-yolo3 `yolo_loss`.
 */
export const loop: Form = <D extends Real>(heads: Heads<D>, numerics: Numerics): Parts<D> => {
  const scales = ofEach(heads.scales, (head, l) => ofScale(head, l, heads.ignoreThreshold, numerics))
  const each = <T>(of: (scale: ScaleParts<D>) => T) => scales.map(of)
  return {
    terms: termByTerm(
      (adder) => {
        const sums = each((s) => mapSums(s.terms, adder))
        return ofEachTerm((name) => sums.map((of) => of[name]))
      },
      (scaling) =>
        totalOf(
          each((s) => s.terms),
          scaling,
        ),
    ),
    positives: each((s) => s.positives),
    ignore: each((s) => s.ignore),
    ignored: each((s) => s.ignored),
    ignoreMasks: each((s) => s.ignoreMask),
    gradients: (share) => each((s) => s.gradient(share)),
  }
}

function ofScale<D extends Real>(head: LabelledHead<D>, scale: number, θ: Operand<D>, { tail, guard }: Numerics) {
  const { labels, sizes, S, extent } = head
  const t = byEntry(inLabelOrder(head), extent.classes) // [B, h, w, A, ·]
  const y = byEntry(labels, extent.classes)
  const c = cellGrid(sizes.h, sizes.w, [extent.h, extent.w], S.dtype) // [h, w, 1, 2]
  const a = anchorTable(head) // [A, 2]
  const { z, s } = targets(withSizes(y), t, { c, a, g: sizes.g, S }, guard)
  const b: Box<D> = { xy: decodeCentre(t.xy, c, sizes.g), wh: decodeSize(t.wh, a, S) }
  const cells = cellsPerImage(head)
  const κ = less(bestIous(head, y, b, cells), θ) // [B, h·w·A]
  const objects = objectTerms(z, t, summed(separateEntropies(z, t, tail)), s)
  const flat = confidenceOf(ofImages(y.obj, cells), ofImages(t.obj, cells), κ, tail)
  const kept = reshapeLike(cast(κ, S.dtype), y.obj)
  const conf = { value: reshapeLike(flat.value, y.obj), slope: flat.slope }
  const terms = { ...objects, conf }
  const maps = (values: Value<D>) => mapAddends(values, scale)
  return {
    terms: ofEachTerm((name) => ({ values: terms[name].value, cells })),
    positives: maps(cast(cast(y.obj, 'bool'), S.dtype)),
    ignore: maps(kept),
    ignored: maps(cast(not(κ), S.dtype)),
    ignoreMask: kept,
    gradient: (share: Share<D>) =>
      gradient(head, { ...objects, conf: { ...conf, slope: reshapeLike(flat.slope, y.obj) } }, share),
  }
}

/**
 * Labels in which each cell without object has a size of at least the image, which has a logarithm; o = 0 takes it out
 * again. The original selects among the logarithms, which costs the CPU provider a call for each pair of them. `[…, 2]`
 * and `[…, 1]` as they are.
 */
function withSizes<D extends Real>(y: Entries<D>): Entries<D> {
  const isObject = cast(flatten(y.obj), 'bool')
  const least = where(isObject, y.obj.graph.scalar(Number.NEGATIVE_INFINITY, y.obj.dtype), 1)
  return { ...y, wh: max(y.wh, reshapeLike(least, y.obj)) }
}

/** Σ_c E(z_c, t_c) of each cell, weighed afterwards in one number instead of C: `[…, C] → […, 1]` */
const summed = <D extends Real>({ xy, cls }: Pick<Entropies<D>, 'xy' | 'cls'>) => ({
  xy,
  cls: { ...cls, value: entrySum(cls.value) },
})

/** The confidence term `[B, h·w·A]`: an axis of 1 behind the cells would cost the CPU provider a call for each. */
function confidenceOf<D extends Real>(o: Value<D>, t: Value<D>, κ: Value<'bool'>, tail: Tail) {
  const E = o.graph.scope('conf', () => bceWithLogits(o, t, tail))
  return confidence(o, E, κ)
}

/**
 * Best IoU of each prediction with the true boxes of its image and scale, −1 where there are none: `[B, h·w·A]`. The
 * cells are the innermost axis, for short ones cost the CPU provider a call each.
 */
function bestIous<D extends Real>(
  { labels, sizes, extent }: LabelledHead<D>,
  y: Entries<D>,
  predicted: Box<D>,
  count: CellCount,
): Value<D> {
  const { graph, dtype } = labels
  const [cells] = count
  const planes = (v: Value<D>) => ofImages(transpose(v, [4, 0, 1, 2, 3]), count, [2])
  const rows = (v: Value<D>) => ofImages(v, count, [], [v.shape[4] as number])
  return graph.scope('ignore', () => {
    const p = { xy: planes(predicted.xy), wh: planes(predicted.wh) }
    const truth = { xy: rows(y.xy), wh: rows(y.wh), o: ofImages(y.obj, count) }
    const best = stackLoop(sizes.b, extent.b, [dtype, [cells]], (image) => {
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
    return typeof cells === 'number' ? best : ofImages(best, count) // a loop over no images does not know their size
  })
}

function gradient<D extends Real>(
  { logits, layout }: LabelledHead<D>,
  terms: Terms<Differentiable<D>>,
  share: Share<D>,
): Value<D> {
  return logits.graph.scope('gradient', () => {
    const slopes = share(
      ofEachTerm((name) => terms[name].slope),
      4,
    )
    return reshapeLike(reordered(slopes, labelAxes, layout.axes), logits)
  })
}
