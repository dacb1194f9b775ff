import type { BoxRow } from './annotations.js'
import type { Size } from './assign.js'

/** How an image comes into the network input: with its proportions kept and bars beside it, stretched, or as it is. */
export type Fit = 'letterbox' | 'stretch' | 'none'

/**
 * Boxes of an image, in pixels of the network input, cut to whole pixels towards zero unless `fit` is `none`.
 *
 * Source: keras-yolo3, `yolo3/utils.py`, `get_random_data` with `random=False`, for `letterbox`.
 * @param image height and width of the image in pixels
 * @param input height and width of the network input in pixels
 */
export function fitBoxes(boxes: readonly BoxRow[], fit: Fit, image: Size, input: Size): BoxRow[] {
  if (fit === 'none') return [...boxes]
  const [ih, iw] = image
  const [h, w] = input
  const scale = Math.min(w / iw, h / ih)
  const [sx, sy] = fit === 'letterbox' ? [scale, scale] : [w / iw, h / ih]
  const bar = (side: number, inside: number) => (fit === 'letterbox' ? Math.floor((side - Math.trunc(inside)) / 2) : 0)
  const [dx, dy] = [bar(w, iw * scale), bar(h, ih * scale)]
  return boxes.map(([x1, y1, x2, y2, label]) => {
    const [a, b, c, d] = [x1 * sx + dx, y1 * sy + dy, x2 * sx + dx, y2 * sy + dy].map(Math.trunc)
    return [a, b, c, d, label] as BoxRow
  })
}
