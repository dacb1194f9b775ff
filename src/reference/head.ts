import { predictedBox, sigmoid } from './boxes.js'
import { at, type Cell, cellsOf, type Layer, layersOf } from './layer.js'
import type { Grid, OracleInput } from './types.js'

/** A decoded head: values of every cell in memory order. */
export interface DecodedHead {
  /** Centre and size as fractions of the input, `[B,h,w,A,2]`. */
  readonly xy: Float64Array
  readonly wh: Float64Array
  /** σ of objectness and classes, `[B,h,w,A,1]` and `[B,h,w,A,C]`. */
  readonly confidence: Float64Array
  readonly probabilities: Float64Array
}

/** Decodes every head (semantics 2, `decode`; `yolo_head` of keras-yolo3). Labels are not looked at. */
export function yoloHeads(input: Omit<OracleInput, 'labels'>): DecodedHead[] {
  const labels = input.logits.map((logits, l) => unlabelled(logits, (input.anchorMask[l] ?? []).length))
  return layersOf({ ...input, labels }).map(decoded)
}

/** Labels of the shape that logits have; every number is 0. */
function unlabelled({ shape: [b = 0, h = 0, w = 0, channels = 0], data }: Grid, anchors: number): Grid {
  return { shape: [b, h, w, anchors, channels / anchors], data: new Float32Array(data.length) }
}

/** The box of a cell; infinite where exp(t)·a is too large for float32, though its quotient by S is not. */
function overflowing(layer: Layer, cell: Cell) {
  const box = predictedBox(layer, cell)
  const { width, height } = layer.input
  const isInfinite = (fraction: number, pixels: number) =>
    layer.logits instanceof Float32Array && Math.fround(fraction * pixels) === Number.POSITIVE_INFINITY
  return {
    ...box,
    w: isInfinite(box.w, width) ? Number.POSITIVE_INFINITY : box.w,
    h: isInfinite(box.h, height) ? Number.POSITIVE_INFINITY : box.h,
  }
}

function decoded(layer: Layer): DecodedHead {
  const cells = [...cellsOf(layer)]
  const boxes = cells.map((cell) => overflowing(layer, cell))
  const sigmoids = (cell: Cell, from: number, n: number) =>
    Array.from({ length: n }, (_, k) => sigmoid(at(layer.logits, cell.at + from + k)))
  return {
    xy: Float64Array.from(boxes.flatMap(({ x, y }) => [x, y])),
    wh: Float64Array.from(boxes.flatMap(({ w, h }) => [w, h])),
    confidence: Float64Array.from(cells.flatMap((cell) => sigmoids(cell, 4, 1))),
    probabilities: Float64Array.from(cells.flatMap((cell) => sigmoids(cell, 5, layer.classes))),
  }
}
