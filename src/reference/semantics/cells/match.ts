import type { Box } from '../../boxes.js'
import type { TrueBox } from './boxes.js'
import { indexOf, type Place, type Scale } from './input.js'

/** A box, and a row of predictions that is to find it. */
export interface Match extends Place {
  readonly scale: number
  /** In fractions of the input. */
  readonly box: Box
  /** o; weighs the terms. */
  readonly objectness: number
  /** y `[C]`. */
  readonly classes: ArrayLike<number>
  /** Which row of the boxes of the image; −1 for labels that are assigned already. */
  readonly source: number
}

/** A box in a row of predictions of a scale; by default in the cell of its centre. */
export function matchAt(scale: Scale, own: TrueBox, anchor: number, cell = own.cell(scale)): Match {
  const [column, row] = cell
  const classes = new Uint8Array(scale.classes)
  classes[own.label] = 1
  const { image, source, box, objectness } = own
  const index = indexOf(scale, image, row, column, anchor)
  return { scale: scale.l, image, row, column, anchor, index, box, objectness, classes, source }
}
