import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { greater, where } from '../../../onnx/logic.js'
import { reduceMax } from '../../../onnx/math.js'
import { concat, slice } from '../../../onnx/parts.js'
import { filled, gather, gatherRows, stackLoop, topK } from '../../../onnx/select.js'
import { cast, shapeOf, squeeze, unsqueeze } from '../../../onnx/shape.js'
import { type Box, iou } from '../../formulas/iou.js'
import { ofImages } from '../../heads/head.js'
import { nonZeroPlaces } from '../../heads/rows.js'
import { planes } from '../planes.js'
import type { Scale } from '../scale.js'
import type { Hiding } from './hiding.js'

/** What no IoU is, and below every threshold. */
const none = -1

/** What becomes of an IoU that is NaN. */
export type Numbers = <D extends Real>(ious: Value<D>) => Value<D>

/**
 * The best IoU of each row of predictions `[B, h·w·A]` with the true boxes that may hide it, −1 where there are none.
 * @param looked what is compared with them, of each image or of all: `[B, h·w·A, 4]`, `[1, h·w·A, 4]`
 */
export type Overlaps = <D extends Real>(
  scale: Scale<D>,
  looked: Value<D>,
  hiding: Hiding<D>,
  numbers: Numbers,
) => Value<D>

/** All pairs at once, for fixed sizes. @param most boxes of an image that there can be, where they are few among many */
export const broadcasting =
  (most: number): Overlaps =>
  (_, looked, hiding, numbers) => {
    const { exists, box } = fewOf(hiding, most)
    const ious = numbers(iou(within(planes(looked), 2), within(planes(box), 3))) // [1, B, n, h·w·A]
    const there = where(unsqueeze(exists, [0, 3]), ious, none)
    return squeeze(reduceMax(there, { axes: [2] }), [0])
  }

const within = <D extends Real>({ xy, wh }: Box<D>, axis: number): Box<D> => ({
  xy: unsqueeze(xy, [axis]),
  wh: unsqueeze(wh, [axis]),
})

/** The same boxes in a shorter list, where there are at most so many. */
function fewOf<D extends Real>({ exists, box }: Hiding<D>, most: number): Hiding<D> {
  if ((exists.shape[1] as number) <= most) return { exists, box }
  const [found, at] = topK(cast(exists, 'float32'), most, 1)
  return { exists: greater(found, 0), box: gatherRows(box, unsqueeze(at, [2])) }
}

/** Image by image, for open sizes: with the boxes alone that there are. */
export const byImage: Overlaps = <D extends Real>(
  { sizes, extent, rows, dtype, graph }: Scale<D>,
  looked: Value<D>,
  { exists, box }: Hiding<D>,
  numbers: Numbers,
) => {
  const [cells] = rows
  const [p, t] = [planes(looked), planes(box)]
  const isOfAll = looked.shape[0] === 1 && extent.b !== 1
  const first = graph.scalar(0, 'int64')
  const flags = cast(exists, 'float32')
  const best = stackLoop(sizes.b, extent.b, [dtype, [cells]], (image) => {
    const own = (v: Value<D>) => unsqueeze(gather(v, isOfAll ? first : image, 1), [1]) // [2, 1, h·w·A]
    const at = nonZeroPlaces(gather(flags, image), 'n')
    const boxes = (v: Value<D>) => unsqueeze(gather(gather(v, image, 1), at, 1), [2]) // [2, n, 1]
    const ious = numbers(iou({ xy: own(p.xy), wh: own(p.wh) }, { xy: boxes(t.xy), wh: boxes(t.wh) })) // [1, n, h·w·A]
    // What a reduction over no boxes gives differs between runtimes.
    const row = slice(own(p.xy), '0:1')
    const beside = filled(shapeOf(row), row.shape, none, dtype)
    return squeeze(reduceMax(concat([ious, beside], 1), { axes: [1] }), [0])
  })
  return typeof cells === 'number' ? best : ofImages(best, rows)
}
