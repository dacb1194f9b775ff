import { axesOf, type HeadLayout } from '../../detector/index.js'
import type { Axis } from '../../yolo/index.js'
import { anchorsOf, boxEntries, type LossConfig } from '../../yolo/index.js'
import type { Size } from '../pictures.js'
import type { Found } from './found.js'

/** The logits of one scale. */
export interface Head {
  readonly layout: HeadLayout
  readonly batch: number
  readonly rows: number
  readonly columns: number
  /** In the order of the layout. */
  readonly data: ArrayLike<number>
}

type Strides = Readonly<Record<Axis, number>>

/** How far apart neighbours along an axis lie. */
function stridesOf({ layout, batch, rows, columns }: Head, anchors: number, entries: number): Strides {
  const extent = { b: batch, h: rows, w: columns, a: anchors, d: entries }
  let stride = 1
  const strides = { b: 0, h: 0, w: 0, a: 0, d: 0 }
  for (const axis of axesOf(layout).toReversed()) {
    strides[axis] = stride
    stride *= extent[axis]
  }
  return strides
}

const sigmoid = (t: number): number => 1 / (1 + Math.exp(-t))

/**
 * The boxes of an image at one scale whose score reaches a threshold, in pixels of the network input (YOLOv3, section 2.1;
 * `yolo_head` and `yolo_boxes_and_scores` of keras-yolo3):
 *
 *     b_xy = (σ(t_xy) + c_xy)·stride    b_wh = p_wh·e^t_wh    score_c = σ(t_o)·σ(t_c)
 */
export function decoded(
  head: Head,
  image: number,
  scale: number,
  config: LossConfig,
  input: Size,
  threshold: number,
): Found[] {
  const [anchors, found]: [ReturnType<typeof anchorsOf>, Found[]] = [anchorsOf(config, scale), []]
  const stride = stridesOf(head, anchors.length, boxEntries + config.classes)
  const [strideY, strideX] = [input[0] / head.rows, input[1] / head.columns]
  for (let row = 0; row < head.rows; row++)
    for (let column = 0; column < head.columns; column++)
      for (const [a, [anchorW, anchorH]] of anchors.entries()) {
        const at = image * stride.b + row * stride.h + column * stride.w + a * stride.a
        const t = (entry: number) => Number(head.data[at + entry * stride.d])
        const objectness = sigmoid(t(4))
        if (!(objectness >= threshold)) continue
        const [x, y] = [(sigmoid(t(0)) + column) * strideX, (sigmoid(t(1)) + row) * strideY]
        const [w, h] = [anchorW * Math.exp(t(2)), anchorH * Math.exp(t(3))]
        const box = [x - w / 2, y - h / 2, x + w / 2, y + h / 2] as const
        for (let label = 0; label < config.classes; label++) {
          const score = objectness * sigmoid(t(boxEntries + label))
          if (score >= threshold) found.push({ box, label, score })
        }
      }
  return found
}
