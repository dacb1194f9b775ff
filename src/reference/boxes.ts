import { at, type Cell, type Layer } from './layer.js'
import { UNIT_ROUNDOFF as u } from './rounding.js'

/** Centre and size as fractions of the network input. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

/** Number of columns and rows of the grid that predicts a box. */
export interface GridSize {
  readonly columns: number
  readonly rows: number
}

export const sigmoid = (t: number): number => 1 / (1 + Math.exp(-t))

/** The predicted box of a cell (semantics 2, `decode`; `yolo_head` of keras-yolo3): unclipped, size unbounded. */
export function predictedBox(layer: Layer, cell: Cell): Box {
  const { logits, input } = layer
  const [width, height] = layer.anchors[cell.anchor] as readonly [number, number]
  return {
    x: (sigmoid(at(logits, cell.at)) + cell.column) / layer.columns,
    y: (sigmoid(at(logits, cell.at + 1)) + cell.row) / layer.rows,
    w: (Math.exp(at(logits, cell.at + 2)) * width) / input.width,
    h: (Math.exp(at(logits, cell.at + 3)) * height) / input.height,
  }
}

/** The true box of a cell, as labelled. */
export function labelledBox({ labels }: Layer, cell: Cell): Box {
  return { x: at(labels, cell.at), y: at(labels, cell.at + 1), w: at(labels, cell.at + 2), h: at(labels, cell.at + 3) }
}

/** Overlap of two intervals given by centre and length; negative by the gap between them if they are apart. */
export const overlap = (x: number, w: number, x2: number, w2: number): number =>
  Math.min(x + w / 2, x2 + w2 / 2) - Math.max(x - w / 2, x2 - w2 / 2)

/** Intersection over union (`box_iou` of keras-yolo3): no epsilon, no clipping; NaN for two boxes without area (S16). */
export function iou(p: Box, t: Box): number {
  const intersection = Math.max(overlap(p.x, p.w, t.x, t.w), 0) * Math.max(overlap(p.y, p.h, t.y, t.h), 0)
  return intersection / (p.w * p.h + t.w * t.h - intersection)
}

/** Largest absolute error of the float32 Sigmoid on the CPU provider (semantics 7). */
export const SIGMOID_ERROR = 1.7e-7
/** Relative error, in units of u, of a predicted side: exp (2), times anchor (1), rounded anchor (1), over S (1). */
const SIDE_ROUNDINGS = 5
/** Relative error, in units of u, of the IoU after its sides: two differences, product, area, sum, difference, quotient. */
const RATIO_ROUNDINGS = 8
/** Sizes beyond this may be infinite in float32, areas below the other may be 0. */
const HUGE = 1e30
export const TINY = 1e-30

/**
 * How far the IoU of a predicted and a true box may stray when everything is computed in float32.
 *
 * With I = iw·ih, U = P + T − I, r = I/U, first order in the error e of an edge (each side of the overlap has two):
 *
 *     dI = 2·ex·ih + 2·ey·iw + 4·ex·ey
 *     dr = ((1+r)·dI + r·dP)/U + 8u·r
 *
 * Edges err by position, not by size: hence about 2e-7 at the far border whatever the box, which is 4e-5 for
 * boxes of 8 px at 416 and 4e-6 for boxes of 150 px (worst case; measured 1.1e-5, semantics 8).
 *
 * @param p predicted box, fractions of the input
 * @param t true box, fractions of the input
 * @param grid the grid that predicted `p`
 * @returns the margin, +∞ where float32 can meet 0/0 or ∞·0 and the outcome is unspecified
 */
export function iouMargin(p: Box, t: Box, grid: GridSize): number {
  const ratio = iou(p, t)
  if (Math.max(p.w, p.h) > HUGE) return Math.min(p.w, p.h) < TINY || Number.isNaN(ratio) ? Infinity : ratio
  const [ex, ey] = [edgeError(p.x, p.w, t.x, t.w, grid.columns), edgeError(p.y, p.h, t.y, t.h, grid.rows)]
  const [iw, ih] = [overlap(p.x, p.w, t.x, t.w), overlap(p.y, p.h, t.y, t.h)]
  const apart = iw < -2 * ex || ih < -2 * ey
  const dI = apart ? 0 : 2 * ex * Math.max(ih, 0) + 2 * ey * Math.max(iw, 0) + 4 * ex * ey
  const dP = 2 * SIDE_ROUNDINGS * u * p.w * p.h
  const union = p.w * p.h + t.w * t.h - Math.max(iw, 0) * Math.max(ih, 0)
  if (!(union >= TINY)) return Infinity
  return ((1 + ratio) * dI + ratio * dP) / union + RATIO_ROUNDINGS * u * ratio
}

/** Absolute float32 error of an edge on one axis, the larger of the predicted and the true box's. */
function edgeError(x: number, w: number, trueX: number, trueW: number, cells: number): number {
  const centre = SIGMOID_ERROR / cells + 2 * u * x
  const predicted = centre + (SIDE_ROUNDINGS * u * w) / 2 + u * (x + w / 2)
  return Math.max(predicted, u * (Math.abs(trueX) + Math.abs(trueW) / 2))
}
