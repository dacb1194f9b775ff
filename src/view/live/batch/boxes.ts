import { type AnyTensor, float32 } from '../../../io/index.js'
import { sizesOf } from '../../../verify/index.js'
import { boxesName, boxNumbers, coarsestStride, layouts, ofScale } from '../../../yolo/index.js'
import type { LiveBatch } from './batch.js'

/** Left, top, right and bottom in pixels of the network input. */
export type Corners = readonly [number, number, number, number]

/** A true box as the graph reads it. */
export interface LiveBox {
  /** Its row among those of the image. */
  readonly index: number
  readonly corners: Corners
  readonly class: number
}

/** Height and width of the network input in pixels. */
export function inputOf({ config, feeds }: LiveBatch): readonly [height: number, width: number] {
  const first = feeds[ofScale('y_pred', 0)]
  const sizes = first && sizesOf(first, layouts[config.layout], config.anchorMask[0]?.length ?? 0)
  return [(sizes?.h ?? 0) * coarsestStride, (sizes?.w ?? 0) * coarsestStride]
}

/** Number of images. */
export const imagesIn = ({ feeds }: LiveBatch): number => feeds[ofScale('y_pred', 0)]?.shape[0] ?? 0

/** The boxes of an image but for its rows of zeros. None where labels are dense. */
export function boxesOf({ feeds }: LiveBatch, image: number): LiveBox[] {
  const boxes = feeds[boxesName]
  if (!boxes) return []
  const [, rows = 0, width = 0] = boxes.shape
  return Array.from({ length: rows }, (_, index) => {
    const at = (image * rows + index) * width
    return { index, numbers: Array.from((boxes.data as Float32Array).subarray(at, at + width)) }
  })
    .filter(({ numbers }) => numbers.some((x) => x !== 0))
    .map(({ index, numbers: [x1 = 0, y1 = 0, x2 = 0, y2 = 0, of = 0] }) => ({
      index,
      corners: [x1, y1, x2, y2],
      class: Math.trunc(of),
    }))
}

/** The batch with another place of a box. @throws RangeError for a box that it does not have */
export function withBox(batch: LiveBatch, image: number, index: number, corners: Corners): LiveBatch {
  const boxes = batch.feeds[boxesName]
  const [images = 0, rows = 0, width = 0] = boxes?.shape ?? []
  if (!boxes || !(image < images && index < rows)) throw new RangeError(`image ${image} has no box ${index}`)
  const data = (boxes.data as Float32Array).slice()
  data.set(corners, (image * rows + index) * width)
  return { ...batch, feeds: { ...batch.feeds, [boxesName]: { ...boxes, data } as AnyTensor } }
}

/** Rows of boxes of each image as a graph takes them, filled up with zeros. */
export function paddedBoxes(images: readonly (readonly (readonly number[])[])[], weighted: boolean): AnyTensor {
  const width = weighted ? boxNumbers + 1 : boxNumbers
  const rows = Math.max(1, ...images.map((boxes) => boxes.length))
  const padding = Array.from({ length: width }, () => 0)
  const filled = images.flatMap((boxes) =>
    Array.from({ length: rows }, (_, i) => (boxes[i] ?? padding).slice(0, width)),
  )
  return float32([images.length, rows, width], filled.flat())
}
