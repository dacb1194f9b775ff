import { product } from '../graph/shape.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import type { Differentiable } from '../loss/bce.js'
import { decodeCentre, decodeSize } from '../loss/box.js'
import { type Box, iou } from '../loss/iou.js'
import { stackLoop } from '../ops/control.js'
import { cellGrid } from '../ops/grid.js'
import { less, not, where } from '../ops/logic.js'
import {
  cast,
  concat,
  flatten,
  reshape,
  reshapeLike,
  shapeOf,
  split,
  squeeze,
  transpose,
  unsqueeze,
} from '../ops/movement.js'
import { reduceMax } from '../ops/reduce.js'
import { filled, gather, nonZero } from '../ops/select.js'
import { slice } from '../ops/slice.js'
import { anchorTable, cellsOf, inLabelOrder, type LabelledHead } from './head.js'
import { labelAxes, reordered } from './layout.js'
import type { Numerics, ScaleParts, Share } from './parts.js'
import { targets } from './targets.js'
import { confidence, entropies, objectTerms, type Terms } from './terms.js'

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
  const isObject = cast(y.obj, 'bool')
  const { z, s } = targets(y, t, { c, a, g: sizes.g, S }, numerics)
  const safe = { ...z, wh: where(isObject, z.wh, 0) } // a background cell has no size
  const b: Box<D> = { xy: decodeCentre(t.xy, c, sizes.g), wh: decodeSize(t.wh, a, S) }
  const κ = reshapeLike(less(bestIous(head, b), head.ignoreThreshold), y.obj)
  const E = entropies(safe, t, numerics.decay)
  const all = { ...objectTerms(safe, t, E, s), conf: confidence(y.obj, E.obj, κ) }
  const maps = (values: Value<D>) => [{ maps: values, scale }]
  return {
    terms: { xy: maps(all.xy.value), wh: maps(all.wh.value), conf: maps(all.conf.value), class: maps(all.class.value) },
    positives: { maps: cast(isObject, S.dtype), scale },
    ignore: { maps: cast(κ, S.dtype), scale },
    ignored: { maps: cast(not(κ), S.dtype), scale },
    ignoreMask: cast(κ, S.dtype),
    gradient: (share) => gradient(head, all, share),
  }
}

/**
 * Best IoU of each prediction with the true boxes of its image and scale, −1 where there are none: `[B, h·w·A]`. The
 * cells are the innermost axis, for short ones cost the CPU provider a call each.
 */
function bestIous<D extends Real>({ labels, sizes, extent }: LabelledHead<D>, predicted: Box<D>): Value<D> {
  const { graph, dtype } = labels
  const { b, h, w, a } = extent
  const cells = product([h, w, a])
  const planes = (v: Value<D>) => reshape(transpose(v, [4, 0, 1, 2, 3]), [2, b, cells])
  return graph.scope('ignore', () => {
    const p = { xy: planes(predicted.xy), wh: planes(predicted.wh) }
    const boxes = slice(labels, '..., 0:5') // the loop would copy the classes of each image
    return stackLoop(sizes.b, b, [dtype, [cells]], (image) => {
      const own = (v: Value<D>) => unsqueeze(gather(v, image, 1), [1]) // [2, 1, h·w·A]
      const [xy, wh] = [own(p.xy), own(p.wh)]
      const ious = iou({ xy, wh }, trueBoxes(gather(boxes, image))) // [1, n, h·w·A]
      // What a reduction over no boxes gives differs between runtimes; −1 beside them is below every threshold.
      const row = slice(xy, '0:1')
      const none = filled(shapeOf(row), row.shape, -1, dtype)
      return squeeze(reduceMax(concat([ious, none], 1), { axes: [1] }), [0])
    })
  })
}

/** Boxes of the rows of one image `[h, w, A, 5]` that have o ≠ 0: `[2, n, 1]` */
function trueBoxes<D extends Real>(labels: Value<D>): Box<D> {
  const { graph } = labels
  const entry = (index: string) => flatten(slice(labels, index)) // [h·w·A]
  const o = entry('..., 4')
  const rows = flatten(nonZero(o.dtype === 'float64' ? cast(o, 'bool') : o, graph.symbol('n')))
  const planes = ['0', '1', '2', '3'].map((i) => unsqueeze(gather(entry(`..., ${i}`), rows), [0, 2]))
  const [xy, wh] = split(concat(planes as [Value<D>, ...Value<D>[]], 0), [2, 2], 0)
  return { xy, wh }
}

function gradient<D extends Real>(head: LabelledHead<D>, all: Terms<Differentiable<D>>, share: Share<D>): Value<D> {
  const { logits, layout } = head
  return logits.graph.scope('gradient', () => {
    const slopes = [
      share('xy', all.xy.slope),
      share('wh', all.wh.slope),
      share('conf', all.conf.slope),
      share('class', all.class.slope),
    ] as const
    return reshapeLike(reordered(concat(slopes, 4), labelAxes, layout.axes), logits)
  })
}
