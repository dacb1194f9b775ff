import { type Box, iou, iouMargin, labelledBox, overlap, predictedBox, TINY } from './boxes.js'
import { isExact } from './exact.js'
import { at, type Cell, cellCount, cellsOf, type Layer, layersOf } from './layer.js'
import type { OracleInput } from './types.js'

/** κ and what it was decided by, each `[B,h,w,A]`. */
export interface Ignore {
  readonly mask: Uint8Array
  readonly bestIou: Float64Array
  /** The row, among all, whose true box that IoU is with; −1 where there are none. */
  readonly nearest: Int32Array
  /** Between these lies the best IoU of a float32 computation. */
  readonly low: Float64Array
  readonly high: Float64Array
}

/** How the IoU is compared with the threshold. */
interface Limit {
  readonly threshold: number
  /** Whether every operation rounds to the nearest float32, the division too, as IEEE 754 has it. */
  readonly ieee: boolean
}

/** κ of every scale, without the loss. @throws RangeError if a shape contradicts the configuration. */
export const yoloIgnore = (input: OracleInput): Ignore[] =>
  layersOf(input).map((layer) => ignoreOf(layer, input.ignoreThreshold))

/**
 * κ of every cell (semantics 2, `ignore`): 1 where the best IoU with the boxes of the same image and scale (S13)
 * stays below θ, strictly (S15). No boxes, no limit: −∞ < θ (S14). NaN is not below θ (S16).
 */
export function ignoreOf(layer: Layer, threshold: number, ieee = true): Ignore {
  const size = cellCount(layer)
  const [bestIou, low, high] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  const mask = new Uint8Array(size)
  const nearest = new Int32Array(size)
  const truths = trueBoxes(layer)
  for (const cell of cellsOf(layer)) {
    const best = bestOverlap(layer, cell, truths[cell.image] ?? [], { threshold, ieee })
    mask[cell.index] = best.iou < threshold ? 1 : 0
    bestIou[cell.index] = best.iou
    nearest[cell.index] = best.of
    low[cell.index] = best.low
    high[cell.index] = best.high
  }
  return { mask, bestIou, nearest, low, high }
}

/** A true box, and the row that is labelled with it. */
interface TrueBox extends Box {
  readonly of: number
}

/** For each image the labelled boxes with o ≠ 0 (S8). */
function trueBoxes(layer: Layer): TrueBox[][] {
  const boxes: TrueBox[][] = Array.from({ length: layer.batch }, () => [])
  for (const cell of cellsOf(layer))
    if (at(layer.labels, cell.at + 4) !== 0) boxes[cell.image]?.push({ ...labelledBox(layer, cell), of: cell.index })
  return boxes
}

/**
 * The largest IoU, and between what float32 may find it.
 *
 * Each IoU lies within its own margin, so the float32 maximum lies between max(iou − margin) and max(iou + margin):
 * a runner-up close to the best, but less exact, counts.
 */
function bestOverlap(layer: Layer, cell: Cell, truths: readonly TrueBox[], limit: Limit) {
  const best = { iou: Number.NEGATIVE_INFINITY, of: -1, low: Number.NEGATIVE_INFINITY, high: Number.NEGATIVE_INFINITY }
  if (truths.length === 0) return best
  const p = predictedBox(layer, cell)
  for (const t of truths) {
    if (isFar(p, t)) {
      if (best.of < 0) best.of = t.of
      best.iou = Math.max(best.iou, 0)
      best.low = Math.max(best.low, 0)
      best.high = Math.max(best.high, 0)
      continue
    }
    const ratio = iou(p, t)
    const margin = marginOf(layer, cell, p, t, ratio, limit)
    if (ratio > best.iou || (Number.isNaN(ratio) && !Number.isNaN(best.iou))) best.of = t.of
    best.iou = Math.max(best.iou, ratio)
    best.low = Math.max(best.low, Math.max(ratio - margin, 0)) // the overlap is never negative
    best.high = Math.max(best.high, ratio + margin)
  }
  if (Number.isNaN(best.low) || Number.isNaN(best.high)) return { ...best, ...unknown }
  return best
}

const unknown = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }

/** Whether boxes are so far apart that no rounding lets them touch: most are, and their IoU is 0 without a margin. */
function isFar(p: Box, t: Box): boolean {
  const reach = (size: number, x: number) => FAR * (1 + size + Math.abs(x))
  const apart = (x: number, w: number, x2: number, w2: number) => overlap(x, w, x2, w2) < -reach(w + w2, x2)
  const isFlat = !(p.w * p.h > TINY && p.w * p.h < 1 / TINY) // 0/0 and ∞·0 are told by the margin
  return !isFlat && (apart(p.x, p.w, t.x, t.w) || apart(p.y, p.h, t.y, t.h))
}

/** Many times what rounding can move an edge by, in its size. */
const FAR = 1e-5

/** From so many margins on it does not matter whether there is one. */
const NEARBY = 8

/** How far float32 may move an IoU: nowhere where it rounds nothing but the quotient, to the same side of θ. */
function marginOf(layer: Layer, cell: Cell, p: Box, t: Box, ratio: number, { threshold, ieee }: Limit): number {
  const margin = iouMargin(p, t, layer)
  const near = Math.abs(ratio - threshold) <= NEARBY * margin
  if (!near || !ieee || !isExact(layer, cell, p, t)) return margin
  return Math.fround(ratio) < Math.fround(threshold) === ratio < threshold ? 0 : margin
}
