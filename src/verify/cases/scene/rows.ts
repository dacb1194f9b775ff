import { float32, sizeOf } from '../../../io/index.js'
import { type CellPlace, coarsestStride } from '../../../yolo/index.js'
import { indexOf } from '../../compare/scalar.js'
import type { SceneConfig, Tensors } from './tensors.js'

/** One row of 5 + C numbers of both inputs; writing to `logits` or `labels` writes to the tensors. */
export interface Row extends CellPlace {
  readonly logits: Float32Array
  readonly labels: Float32Array
}

/** A box as fractions of the input: centre and size. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

type LabelShape = readonly [batch: number, rows: number, columns: number, anchors: number, channels: number]

const labelShape = (tensors: Tensors, scale: number): LabelShape => tensors.labels[scale]?.shape as LabelShape

/** Inputs of zeros for a batch of `size` pixels. */
export function zeros(config: SceneConfig, batch: number, size: readonly [height: number, width: number]): Tensors {
  const channels = 5 + config.classes
  const zero = (shape: readonly number[]) => float32(shape, new Float32Array(sizeOf(shape)))
  const grid = (scale: number) => [batch, ...size.map((pixels) => (pixels / coarsestStride) * 2 ** scale)]
  return {
    logits: config.anchorMask.map((mask, l) => zero([...grid(l), mask.length * channels])),
    labels: config.anchorMask.map((mask, l) => zero([...grid(l), mask.length, channels])),
  }
}

/** The row at a place. */
export function rowAt(tensors: Tensors, place: CellPlace): Row {
  const { scale, image, row, column, anchor } = place
  const [, rows, columns, anchors, channels] = labelShape(tensors, scale)
  const start = (((image * rows + row) * columns + column) * anchors + anchor) * channels
  const part = (data: Float32Array | undefined) => (data ?? new Float32Array()).subarray(start, start + channels)
  return { ...place, logits: part(tensors.logits[scale]?.data), labels: part(tensors.labels[scale]?.data) }
}

/** All rows in memory order, the coarsest scale first. */
export function* rowsOf(tensors: Tensors): Generator<Row> {
  for (const scale of tensors.labels.keys()) {
    const [batch, rows, columns, anchors] = labelShape(tensors, scale)
    for (let image = 0; image < batch; image++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          for (let anchor = 0; anchor < anchors; anchor++) yield rowAt(tensors, { scale, image, row, column, anchor })
  }
}

/** The rows at some places, counted over all scales. */
export function rowsAt(tensors: Tensors, places: ReadonlySet<number>): Row[] {
  const found: Row[] = []
  let start = 0
  for (const [scale, { shape }] of tensors.labels.entries()) {
    const size = sizeOf(shape.slice(0, 4))
    for (const place of places) {
      if (place < start || place >= start + size) continue
      const [image = 0, row = 0, column = 0, anchor = 0] = indexOf(place - start, shape.slice(0, 4))
      found.push(rowAt(tensors, { scale, image, row, column, anchor }))
    }
    start += size
  }
  return found
}

/** All rows with an object. */
export function positivesOf(tensors: Tensors): Row[] {
  const places = new Set<number>()
  let start = 0
  for (const { data, shape } of tensors.labels) {
    const channels = shape.at(-1) ?? 1
    for (let i = 4; i < data.length; i += channels) if (data[i] !== 0) places.add(start + (i - 4) / channels)
    start += data.length / channels
  }
  return rowsAt(tensors, places)
}

/** The box in the label of a row. */
export const labelledBox = ({ labels: [x = 0, y = 0, w = 0, h = 0] }: Row): Box => ({ x, y, w, h })

/** The row of an anchor in the cell that holds the centre of `box`. */
export function cellOf(tensors: Tensors, box: Box, scale: number, image: number, anchor: number): Row {
  const [, rows, columns] = labelShape(tensors, scale)
  return rowAt(tensors, { scale, image, row: Math.floor(box.y * rows), column: Math.floor(box.x * columns), anchor })
}

/**
 * The logits `tx ty tw th` with which a row predicts `box`; centres outside its cell are drawn to the cell's border.
 */
export function logitsFor(tensors: Tensors, config: SceneConfig, row: Row, box: Box): [number, number, number, number] {
  const [, rows, columns] = labelShape(tensors, row.scale)
  const [, rows0, columns0] = labelShape(tensors, 0)
  const [width, height] = config.anchors[config.anchorMask[row.scale]?.[row.anchor] ?? 0] as readonly [number, number]
  return [
    logit(box.x * columns - row.column),
    logit(box.y * rows - row.row),
    Math.log((box.w * coarsestStride * columns0) / width),
    Math.log((box.h * coarsestStride * rows0) / height),
  ]
}

function logit(p: number): number {
  const inside = Math.min(Math.max(p, 0.02), 0.98)
  return Math.log(inside / (1 - inside))
}

/** Nearest multiple of 2^-10: hides last-bit differences between engines, and compresses. */
export const coarse = (x: number): number => Math.round(x * 1024) / 1024
