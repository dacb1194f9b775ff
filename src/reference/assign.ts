import type { Grid } from './types.js'

/** How boxes become labels. */
export interface AssignInput {
  readonly anchors: readonly (readonly [number, number])[]
  readonly anchorMask: readonly (readonly number[])[]
  readonly classes: number
  /** Width and height of the network input in pixels. */
  readonly input: { readonly width: number; readonly height: number }
  /** `[B,T,5]` rows `x1 y1 x2 y2 class`, or `[B,T,6]` with an objectness last. */
  readonly boxes: Grid
  /** What rows of no width before other boxes do: `original` (S32), or nothing (`anywhere`). */
  readonly padding: 'original' | 'anywhere'
  /** What becomes of boxes that are refused: their image is lost, or it is as if they had never been there; default `nan`. */
  readonly badBoxes?: 'nan' | 'drop'
}

/** The labels, and which rows were left out because the original raises or writes elsewhere for them (S33). */
export interface Assignment {
  /** Per scale `[B,h,w,A,5+C]`, float32. */
  readonly labels: readonly Grid[]
  /** image·T + row of each refused row, ascending. */
  readonly refused: readonly number[]
  /** What became of the rows that were not refused, in the order in which they were written. */
  readonly written: readonly Written[]
}

/** A row that is a box, its anchor, and the rows of labels that it went into. */
export interface Written {
  /** image·T + row. */
  readonly box: number
  readonly anchor: number
  /** At most one at each scale, by flat index into `[B,h,w,A]`; none for an anchor in no mask. */
  readonly at: readonly { readonly scale: number; readonly row: number }[]
}

const at = (data: ArrayLike<number>, i: number): number => data[i] ?? Number.NaN

/**
 * Target assignment by plain loops (`preprocess_true_boxes` of keras-yolo3; semantics S28–S33, section 9): rows of width 0
 * or less are dropped, the t-th that is left names the anchor, and row t of all is written (S32).
 */
export function assignBoxes(input: AssignInput): Assignment {
  const { boxes, anchorMask, classes } = input
  const [batch = 0, T = 0, numbers = 0] = boxes.shape
  const labels = anchorMask.map((mask, l) => {
    const [h, w] = [(input.input.height / 32) * 2 ** l, (input.input.width / 32) * 2 ** l]
    const shape = [batch, h, w, mask.length, 5 + classes]
    return { shape, data: new Float32Array(shape.reduce((n, d) => n * d, 1)) }
  })
  const refused: number[] = []
  const written: Written[] = []
  for (let b = 0; b < batch; b++) {
    const rows: number[][] = []
    for (let t = 0; t < T; t++)
      rows.push(Array.from({ length: numbers }, (_, k) => at(boxes.data, (b * T + t) * numbers + k)))
    const left = input.badBoxes === 'drop' ? rows.filter((row) => !isBadBox(row, input)) : rows
    const anchors = anchorsOfRows(left, input)
    for (const [t, row] of rows.entries()) {
      const anchor = anchors[left.indexOf(row)]
      const isBad = isBroken(row, classes) || (anchor !== undefined && !isInside(row, input))
      if (isBad || !left.includes(row)) refused.push(b * T + t)
      else if (anchor !== undefined && row[5] !== 0)
        written.push({ box: b * T + t, anchor, at: writeRow(labels, b, row, anchor, input) })
    }
  }
  return { labels, refused, written }
}

/** The anchor of each row that is a box; undefined for the others. */
function anchorsOfRows(rows: readonly number[][], { anchors, padding }: AssignInput): (number | undefined)[] {
  const named: (number | undefined)[] = []
  for (const row of rows) {
    const [w, h] = sizeOf(row)
    // A width that is no number is not known to be 0.
    if (w <= 0) {
      if (padding === 'anywhere') named.push(undefined)
    } else named.push(anchorOf(w, h, anchors))
  }
  return named
}

const sizeOf = ([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: readonly number[]): [number, number] => [
  Math.fround(x2 - x1),
  Math.fround(y2 - y1),
]

/** First anchor of the greatest IoU about a common centre; 0/0 counts as the greatest, as in NumPy's argmax (S30). */
function anchorOf(w: number, h: number, anchors: AssignInput['anchors']): number {
  let [best, bestIou] = [0, Number.NEGATIVE_INFINITY]
  for (const [n, [aw, ah]] of anchors.entries()) {
    const across = Math.max(Math.min(Math.fround(w / 2), aw / 2) * 2, 0)
    const down = Math.max(Math.min(Math.fround(h / 2), ah / 2) * 2, 0)
    const overlap = across * down
    const iou = overlap / (Math.fround(w * h) + aw * ah - overlap)
    if (Number.isNaN(iou)) return n
    if (iou > bestIou) [best, bestIou] = [n, iou]
  }
  return best
}

const isBroken = (row: readonly number[], classes: number): boolean =>
  row.some((x) => !Number.isFinite(x)) || at(row, 4) >= classes

/** Whether a row is refused whatever the other rows are. */
const isBadBox = (row: readonly number[], input: AssignInput): boolean =>
  isBroken(row, input.classes) || (sizeOf(row)[0] > 0 && !isInside(row, input))

/** Centre as a fraction of the input: cut to whole pixels (S28), divided in float64, stored in float32 (S29). */
function centreOf([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: readonly number[], { input }: AssignInput): [number, number] {
  const x = Math.floor(Math.fround(x1 + x2) / 2)
  const y = Math.floor(Math.fround(y1 + y2) / 2)
  return [Math.fround(x / input.width), Math.fround(y / input.height)]
}

function isInside(row: readonly number[], input: AssignInput): boolean {
  const [x, y] = centreOf(row, input)
  return x >= 0 && x < 1 && y >= 0 && y < 1 && Math.trunc(at(row, 4)) >= 0
}

function writeRow(
  labels: readonly Grid[],
  b: number,
  row: readonly number[],
  anchor: number,
  input: AssignInput,
): Written['at'] {
  const places: Written['at'][number][] = []
  const [x, y] = centreOf(row, input)
  const [w, h] = sizeOf(row)
  for (const [l, { shape, data }] of labels.entries()) {
    const place = input.anchorMask[l]?.indexOf(anchor) ?? -1
    if (place < 0) continue
    const [, rows = 0, columns = 0, anchors = 0, entries = 0] = shape
    const [i, j] = [Math.floor(x * columns), Math.floor(y * rows)]
    const index = ((b * rows + j) * columns + i) * anchors + place
    const start = index * entries
    const box = [x, y, Math.fround(w / input.input.width), Math.fround(h / input.input.height), row[5] ?? 1]
    for (const [k, value] of box.entries()) data[start + k] = value
    data[start + 5 + Math.trunc(at(row, 4))] = 1
    places.push({ scale: l, row: index })
  }
  return places
}
