import type { Grid } from '../../reference/index.js'
import { anchorsOf } from '../../yolo/index.js'
import type { Cells, ViewedScale } from '../viewed.js'
import { sizesOf } from './asked.js'
import { shownRows, type Within } from './shown.js'

/** An image at one scale. */
export function scaleOf(within: Within): ViewedScale {
  const { asked, scale } = within
  const { h, w } = sizesOf(asked.answers.input, scale)
  const grid = { rows: h, columns: w, anchors: anchorsOf(asked.config, scale) }
  return asked.hasLogits ? { ...grid, cells: cellsOf(within), shown: shownRows(within) } : { ...grid, shown: [] }
}

/** What is known of each row of an image at a scale. */
function cellsOf(within: Within): Cells {
  const { asked, rows, image, scale } = within
  const { each, d } = sizesOf(asked.answers.input, scale)
  const own = <A extends { subarray(from: number, to: number): A }>(all: A): A =>
    all.subarray(image * each, (image + 1) * each)
  const { data } = asked.answers.input.logits[scale] as Grid
  const logit = (row: number, k: number) => data[(image * each + row) * d + k] ?? Number.NaN
  const differs = asked.beside?.scales[scale]?.differs
  return {
    conf: Float32Array.from(own(rows.terms.conf)),
    slope: Float32Array.from(own(rows.slope)),
    iou: Float32Array.from(own(rows.bestIou), (iou) => (iou === Number.NEGATIVE_INFINITY ? -1 : iou)),
    hider: hiders(within, own(rows.mask), own(rows.nearest)),
    box: Float32Array.from({ length: 4 * each }, (_, i) => logit(i >> 2, i & 3)),
    objectness: Float32Array.from({ length: each }, (_, row) => logit(row, 4)),
    ...(differs && {
      differs: differs.filter((i) => Math.floor(i / each) === image).map((i) => i - image * each),
    }),
  }
}

/** For each row that the mask hides, the true box with which its IoU is the greatest. */
function hiders({ asked, truths, scale }: Within, mask: Uint8Array, nearest: Int32Array): Int16Array {
  const { each } = sizesOf(asked.answers.input, scale)
  const boxAt = new Map<number, number>()
  for (const [i, { rows }] of truths.entries()) for (const own of rows) if (own.scale === scale) boxAt.set(own.row, i)
  return Int16Array.from(nearest, (index, row) => (mask[row] === 0 ? (boxAt.get(index % each) ?? -1) : -1))
}
