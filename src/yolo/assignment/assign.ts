import type { Value } from '../../onnx/index.js'
import { bestAnchor } from './anchors.js'
import { fractions } from './cells.js'
import type { Grids } from './grids.js'
import { type Refusal, refusalOf, written } from './refusal.js'
import { type Rows, readRows, usedRows } from './rows.js'

/** Boxes, row by row, with what decides where they are written. */
export interface Assigned {
  readonly grids: Grids
  readonly rows: Rows
  readonly fractions: Value<'float32'>
  /** The anchor that each row goes to `[B, T]`, and whether it is written at all. */
  readonly anchor: Value<'int64'>
  readonly written: Value<'bool'>
  readonly refusal: Refusal
}

/**
 * Reads boxes `[B, T, 5]`, or with an objectness `[B, T, 6]`, in pixels of the network input. Source: keras-yolo3
 * `preprocess_true_boxes`.
 */
export function assign(boxes: Value<'float32'>, grids: Grids): Assigned {
  return grids.graph.scope('boxes', () => {
    const rows = readRows(boxes, grids)
    const { anchor, ...boxesRead } = usedRows(rows, bestAnchor(rows, grids), grids)
    const refusal = refusalOf(rows, boxesRead)
    return {
      grids,
      rows,
      fractions: fractions(rows, grids),
      anchor,
      written: written(rows, boxesRead.used, refusal),
      refusal,
    }
  })
}
