import { type AnyTensor, halfBits } from '../../../io/index.js'
import { elementAt, sizesOf } from '../../../verify/index.js'
import { layouts, ofScale } from '../../../yolo/index.js'
import type { LiveBatch } from './batch.js'

/** A logit: of which image, scale and row, flat in `[h,w,A]`, and which of its 5 + C. */
export interface LogitPlace {
  readonly image: number
  readonly scale: number
  readonly row: number
  readonly channel: number
}

/** The tensor that holds a logit, and where in it. @throws RangeError for a place that the batch does not have */
function found({ config, feeds }: LiveBatch, { image, scale, row, channel }: LogitPlace) {
  const name = ofScale('y_pred', scale)
  const [tensor, layout] = [feeds[name], layouts[config.layout]]
  const anchors = config.anchorMask[scale]?.length ?? 0
  const sizes = tensor && sizesOf(tensor, layout, anchors)
  if (!tensor || !sizes) throw new RangeError(`there is no scale ${scale}`)
  const cell = Math.floor(row / anchors)
  const place = { b: image, h: Math.floor(cell / sizes.w), w: cell % sizes.w, a: row % anchors, d: channel }
  for (const axis of layout.axes)
    if (!(place[axis] >= 0 && place[axis] < sizes[axis]))
      throw new RangeError(`scale ${scale} has no logit ${channel} of row ${row} in image ${image}`)
  return { name, tensor, at: layout.axes.reduce((n, axis) => n * sizes[axis] + place[axis], 0) }
}

/** @throws RangeError for a place that the batch does not have */
export function logitAt(batch: LiveBatch, place: LogitPlace): number {
  const { tensor, at } = found(batch, place)
  return Number(elementAt(tensor, at))
}

/** The batch with another logit. @throws RangeError for a place that the batch does not have */
export function withLogit(batch: LiveBatch, place: LogitPlace, value: number): LiveBatch {
  const { name, tensor, at } = found(batch, place)
  const data = (tensor.data as Float32Array).slice()
  data[at] = tensor.dtype === 'float16' ? halfBits(value) : value
  return { ...batch, feeds: { ...batch.feeds, [name]: { ...tensor, data } as AnyTensor } }
}
