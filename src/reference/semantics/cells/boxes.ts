import type { Box } from '../../boxes.js'
import type { Grid } from '../../types.js'
import type { ValueOf } from '../rules/rules.js'
import { at, type Scale } from './input.js'

/** A box of an image as given, in fractions of the input. */
export interface TrueBox {
  readonly image: number
  /** Which row of the image. */
  readonly source: number
  readonly box: Box
  /** xmin, ymin, xmax and ymax in pixels, as given. */
  readonly corners: readonly number[]
  readonly label: number
  readonly objectness: number
  /** Column and row of the cell of its centre. */
  readonly cell: (scale: Scale) => readonly [column: number, row: number]
}

/**
 * The boxes of a batch: rows of a width, a class that there is, an objectness other than 0, and a centre in the image.
 * Those of keras-yolo3 may have no height.
 */
export function trueBoxes(boxes: Grid, scale: Scale, pixels: ValueOf<'pixels'>): TrueBox[] {
  const [batch = 0, count = 0, numbers = 5] = boxes.shape
  const found: TrueBox[] = []
  for (let image = 0; image < batch; image++)
    for (let source = 0; source < count; source++) {
      const row = Array.from({ length: numbers }, (_, k) => at(boxes.data, (image * count + source) * numbers + k))
      const [label, objectness] = [Math.trunc(row[4] ?? -1), row[5] ?? 1]
      const box = readings[pixels].box(row, scale.input)
      if (label < 0 || label >= scale.classes || !row.every(Number.isFinite) || objectness === 0) continue
      if (!(box.w > 0 && (box.h > 0 || pixels === 'whole') && isInside(box))) continue
      const cell = (of: Scale) => readings[pixels].cell(box, of, row)
      found.push({ image, source, box, corners: row.slice(0, 4), label, objectness, cell })
    }
  return found
}

const isInside = ({ x, y }: Box): boolean => x >= 0 && x < 1 && y >= 0 && y < 1

/** How a row is read, and where its centre is. */
interface Reading {
  readonly box: (row: readonly number[], input: Scale['input']) => Box
  readonly cell: (box: Box, scale: Scale, row: readonly number[]) => readonly [column: number, row: number]
}

const { fround, floor } = Math

const exactly: Reading = {
  box: ([x1 = 0, y1 = 0, x2 = 0, y2 = 0], { width, height }) => ({
    x: (x1 + x2) / 2 / width,
    y: (y1 + y2) / 2 / height,
    w: (x2 - x1) / width,
    h: (y2 - y1) / height,
  }),
  cell: ({ x, y }, { columns, rows }) => [floor(x * columns), floor(y * rows)],
}

const readings: Readonly<Record<ValueOf<'pixels'>, Reading>> = {
  exact: exactly,
  /** Semantics S28 and S29. */
  whole: {
    box: ([x1 = 0, y1 = 0, x2 = 0, y2 = 0], { width, height }) => ({
      x: fround(floor(fround(x1 + x2) / 2) / width),
      y: fround(floor(fround(y1 + y2) / 2) / height),
      w: fround(fround(x2 - x1) / width),
      h: fround(fround(y2 - y1) / height),
    }),
    cell: exactly.cell,
  },
  float32: {
    box(row, input) {
      const { x, y, w, h } = exactly.box(row, input)
      return { x: fround(x), y: fround(y), w: fround(w), h: fround(h) }
    },
    cell: ({ x, y }, { columns, rows }) => [floor(fround(x * columns)), floor(fround(y * rows))],
  },
  stride: {
    box: exactly.box,
    cell: (_, { columns, rows, input }, [x1 = 0, y1 = 0, x2 = 0, y2 = 0]) => [
      floor((x1 + x2) / 2 / (input.width / columns)),
      floor((y1 + y2) / 2 / (input.height / rows)),
    ],
  },
}
