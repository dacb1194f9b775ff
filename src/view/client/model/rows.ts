import { sigmoid } from '../../../reference/index.js'
import type { ShownRow, ViewedBox, ViewedImage, ViewedScale } from '../../viewed.js'

/** Where a row of a scale stands. */
export interface Cell {
  readonly column: number
  readonly line: number
  readonly anchor: number
}

/** Of the flat index into `[h,w,A]`. */
export function cellOf({ columns, anchors }: ViewedScale, row: number): Cell {
  const place = Math.floor(row / anchors.length)
  return { column: place % columns, line: Math.floor(place / columns), anchor: row % anchors.length }
}

export const rowOf = ({ columns, anchors }: ViewedScale, { column, line, anchor }: Cell): number =>
  (line * columns + column) * anchors.length + anchor

export const rowCount = ({ rows, columns, anchors }: ViewedScale): number => rows * columns * anchors.length

const shownRows = new WeakMap<ViewedScale, ReadonlyMap<number, ShownRow>>()

/** The row with all that is known of it, where the page has that. */
export function shownOf(scale: ViewedScale, row: number): ShownRow | undefined {
  const known = shownRows.get(scale) ?? new Map(scale.shown.map((shown) => [shown.row, shown]))
  shownRows.set(scale, known)
  return known.get(row)
}

/** Index of the true box that a row is responsible for. */
export function boxOf(image: ViewedImage, scale: number, row: number): number | undefined {
  const own = shownOf(image.scales[scale] as ViewedScale, row)?.of
  if (own !== undefined) return own
  const index = image.boxes.findIndex(({ place }) => place?.scale === scale && place.row === row)
  return index < 0 ? undefined : index
}

export const isPositive = (image: ViewedImage, scale: number, row: number): boolean =>
  boxOf(image, scale, row) !== undefined || shownOf(image.scales[scale] as ViewedScale, row)?.why === 'positive'

/** Index of the box for which the ignore mask hides a row; positives count whatever their IoU. */
export function hiderOf(image: ViewedImage, scale: number, row: number): number | undefined {
  const hider = image.scales[scale]?.cells?.hider[row] ?? -1
  return hider < 0 || isPositive(image, scale, row) ? undefined : hider
}

/** Whether an output of a graph is beyond its tolerance at a row. */
export const differsAt = ({ cells }: ViewedScale, row: number): boolean => cells?.differs?.includes(row) ?? false

/** Left, top, right and bottom in pixels of the network input. */
export type Corners = ViewedBox['box']

/** The box that a row predicts (semantics 2, `decode`), as far as it can be drawn. */
export function predictedBy(scale: ViewedScale, row: number, [height, width]: readonly [number, number]): Corners {
  const { column, line, anchor } = cellOf(scale, row)
  const [x, y, w, h] = [0, 1, 2, 3].map((k) => scale.cells?.box[row * 4 + k] ?? Number.NaN) as [number, number, number, number] // biome-ignore format: one row
  const [aw, ah] = scale.anchors[anchor] ?? [Number.NaN, Number.NaN]
  const [cx, cy] = [((sigmoid(x) + column) / scale.columns) * width, ((sigmoid(y) + line) / scale.rows) * height]
  const [halfW, halfH] = [(Math.exp(w) * aw) / 2, (Math.exp(h) * ah) / 2]
  return [cx - halfW, cy - halfH, cx + halfW, cy + halfH]
}
