import { type Box, iou, iouMargin, labelledBox, predictedBox } from './boxes.js'
import { at, cellCount, cellsOf, type Layer } from './layer.js'

/** κ and what it was decided by, each `[B,h,w,A]`. */
export interface Ignore {
  readonly mask: Uint8Array
  readonly bestIou: Float64Array
  readonly margin: Float64Array
}

/**
 * κ of every cell (semantics 2, `ignore`): 1 where the best IoU with the boxes of the same image and scale (S13)
 * stays below θ, strictly (S15). No boxes, no limit: −∞ < θ (S14). NaN is not below θ (S16).
 */
export function ignoreOf(layer: Layer, threshold: number): Ignore {
  const size = cellCount(layer)
  const [mask, bestIou, margin] = [new Uint8Array(size), new Float64Array(size), new Float64Array(size)]
  const truths = trueBoxes(layer)
  for (const cell of cellsOf(layer)) {
    const best = bestOverlap(predictedBox(layer, cell), truths[cell.image] ?? [], layer)
    mask[cell.index] = best.iou < threshold ? 1 : 0
    bestIou[cell.index] = best.iou
    margin[cell.index] = best.margin
  }
  return { mask, bestIou, margin }
}

/** For each image the labelled boxes with o ≠ 0 (S8). */
function trueBoxes(layer: Layer): Box[][] {
  const boxes: Box[][] = Array.from({ length: layer.batch }, () => [])
  for (const cell of cellsOf(layer))
    if (at(layer.labels, cell.at + 4) !== 0) boxes[cell.image]?.push(labelledBox(layer, cell))
  return boxes
}

/**
 * The largest IoU and how far float32 may move it.
 *
 * Each IoU lies within its own margin, so the float32 maximum lies between max(iou − margin) and max(iou + margin):
 * a runner-up close to the best, but less exact, counts.
 */
function bestOverlap(p: Box, truths: readonly Box[], layer: Layer): { iou: number; margin: number } {
  if (truths.length === 0) return { iou: Number.NEGATIVE_INFINITY, margin: 0 }
  const overlaps = truths.map((t) => ({ iou: iou(p, t), margin: iouMargin(p, t, layer) }))
  const best = Math.max(...overlaps.map((o) => o.iou))
  const low = Math.max(...overlaps.map((o) => o.iou - o.margin))
  const high = Math.max(...overlaps.map((o) => o.iou + o.margin))
  const margin = Math.max(high - best, best - low)
  return { iou: best, margin: Number.isNaN(margin) ? Number.POSITIVE_INFINITY : margin }
}
