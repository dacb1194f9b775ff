import type { BoxRow } from './annotations.js'
import type { Size } from './assign.js'

/** How an image comes into the network input: with its proportions kept and bars beside it, stretched, or as it is. */
export type Fit = 'letterbox' | 'stretch' | 'none'

/** Where an image stands in the network input. */
export interface Placed {
  /** Height and width that it has there, in pixels. */
  readonly size: Size
  /** Pixels above it and to its left. */
  readonly at: readonly [top: number, left: number]
  /** Pixels of the input for each of the image, along height and width. */
  readonly scale: readonly [y: number, x: number]
}

/**
 * Where an image comes to stand in the network input; with `none` it fills it, as it is.
 *
 * Source: keras-yolo3, `yolo3/utils.py`, `get_random_data` with `random=False`, for `letterbox`.
 * @param image height and width of the image in pixels
 * @param input height and width of the network input in pixels
 */
export function placedIn(fit: Fit, image: Size, input: Size): Placed {
  const [[ih, iw], [h, w]] = [image, input]
  if (fit === 'none') return { size: input, at: [0, 0], scale: [1, 1] }
  if (fit === 'stretch') return { size: input, at: [0, 0], scale: [h / ih, w / iw] }
  const scale = Math.min(w / iw, h / ih)
  const size = [Math.trunc(ih * scale), Math.trunc(iw * scale)] as const
  return { size, at: [Math.floor((h - size[0]) / 2), Math.floor((w - size[1]) / 2)], scale: [scale, scale] }
}

/**
 * Boxes of an image, in pixels of the network input, cut to whole pixels towards zero unless `fit` is `none`.
 *
 * Source: keras-yolo3, `yolo3/utils.py`, `get_random_data` with `random=False`, for `letterbox`.
 * @param image height and width of the image in pixels
 * @param input height and width of the network input in pixels
 */
export function fitBoxes(boxes: readonly BoxRow[], fit: Fit, image: Size, input: Size): BoxRow[] {
  if (fit === 'none') return [...boxes]
  const {
    at: [dy, dx],
    scale: [sy, sx],
  } = placedIn(fit, image, input)
  return boxes.map(([x1, y1, x2, y2, label]) => {
    const [a, b, c, d] = [x1 * sx + dx, y1 * sy + dy, x2 * sx + dx, y2 * sy + dy].map(Math.trunc)
    return [a, b, c, d, label] as BoxRow
  })
}
