import type { Tensor } from '../../io/index.js'
import { coarsestStride } from '../config/vocabulary.js'
import { type AssignConfig, BoxError, bestAnchor, type Row, readRow, type Size } from './assign.js'

/** A box that the original would not learn as it stands. */
export interface BoxFinding {
  readonly kind: 'lost' | 'overwritten' | 'zero-size' | 'outside' | 'refused' | 'truncated'
  readonly image: number
  readonly row: number
  /** What happens to the box, as a sentence without subject: `is of height 0: the loss becomes +inf`. */
  readonly what: string
  /** The row that overwrites it. */
  readonly by?: number
}

/** keras-yolo3's loader keeps this many boxes of an image, after shuffling (S34). Source: `get_random_data`. */
const loaderKeeps = 20

/**
 * Boxes of which target assignment makes something else than their image shows (S28–S34), image by image: those it
 * refuses, drops, writes over one another or writes with a size of 0, those reaching out of the image, and, in images
 * with more than 20, those that the original's loader would drop at random.
 * @param boxes `[B,T,5]`, rows `x1 y1 x2 y2 class` in pixels of the network input; rows of zeros at the end are padding
 * @param size height and width of the network input in pixels
 */
export function lintBoxes(boxes: Tensor<'float32'>, size: Size, config: AssignConfig): BoxFinding[] {
  const [batch = 0, rowsPerImage = 0] = boxes.shape
  const findings: BoxFinding[] = []
  for (let image = 0; image < batch; image++) {
    const say: Lint['say'] = (row, kind, what, by) =>
      void findings.push({ kind, image, row, what, ...(by === undefined ? {} : { by }) })
    const lint = { size, config, say }
    const rows = Array.from({ length: rowsPerImage }, (_, t) => read(boxes, image, t, lint))
    lintImage(rows, lint)
  }
  return findings
}

/** How the rows of an image are looked at. */
interface Lint {
  readonly size: Size
  readonly config: AssignConfig
  readonly say: (row: number, kind: BoxFinding['kind'], what: string, by?: number) => void
}

/** A row, or nothing when it is refused for itself. */
function read(boxes: Tensor<'float32'>, image: number, t: number, { size, config, say }: Lint) {
  try {
    const row = readRow(boxes, image, t, size, config.classes)
    if (row.label < 0) say(t, 'refused', `has class ${row.label}`)
    const start = (image * (boxes.shape[1] ?? 0) + t) * (boxes.shape[2] ?? 0)
    return { row, corners: Array.from(boxes.data.subarray(start, start + 4)) }
  } catch (error) {
    if (!(error instanceof BoxError)) throw error
    say(t, 'refused', `is refused: ${error.why}`)
    return undefined
  }
}

type Read = { readonly row: Row; readonly corners: readonly number[] }

function lintImage(rows: readonly (Read | undefined)[], lint: Lint): void {
  const valid = rows.flatMap((r, t) => (r && r.row.size[0] > 0 ? [{ row: r.row, t }] : []))
  const kept = `keras-yolo3's loader keeps ${loaderKeeps} of them, drawn at random`
  for (const { t } of valid.slice(loaderKeeps)) lint.say(t, 'truncated', `is one of ${valid.length}: ${kept}`)
  const taken = new Map<string, number>()
  // The t-th row with a width names the anchor, the t-th row of all the place (S32).
  for (const [t, { row: sized }] of valid.entries()) {
    const row = rows[t]?.row
    if (row) lintRow(row, t, bestAnchor(sized.size, lint.config.anchors), taken, lint)
  }
  for (const [t, read] of rows.entries()) if (read) lintWidth(read, t, valid.length, lint)
}

/** Rows of no width, and rows that others of no width push out. */
function lintWidth({ row, corners }: Read, t: number, used: number, { size: [height, width], say }: Lint): void {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners
  const w = row.size[0]
  if (w > 0) {
    if (t >= used) say(t, 'lost', 'is lost: a row of no width before it takes its place')
    if (x1 < 0 || y1 < 0 || x2 > width || y2 > height)
      say(t, 'outside', `reaches out of the input of ${height}×${width}: [${corners.join(', ')}]`)
  } else if (t < used)
    say(t, 'zero-size', `is of width ${w} and before other boxes: it is written, and the loss becomes +inf or NaN`)
  else if (corners.some((x) => x !== 0)) say(t, 'lost', `is lost: its width is ${w}`)
}

function lintRow(row: Row, t: number, anchor: number, taken: Map<string, number>, { size, config, say }: Lint): void {
  const { x, y, size: pixels } = row
  if (!(x >= 0 && x < 1 && y >= 0 && y < 1))
    return void say(t, 'refused', `is refused: its centre (${x}, ${y}) lies outside the image`)
  const scales = config.anchorMask.flatMap((mask, l) => (mask.includes(anchor) ? [l] : []))
  if (scales.length === 0) {
    const best = `${anchor} (${config.anchors[anchor]?.join('×')})`
    return void say(t, 'lost', `is lost: its best anchor ${best} is in no mask`)
  }
  if (pixels[0] > 0 && pixels[1] <= 0)
    say(t, 'zero-size', `is of height ${pixels[1]}: the loss becomes ${pixels[1] < 0 ? 'NaN' : '+inf'}`)
  for (const l of scales) {
    const stride = coarsestStride / 2 ** l
    const cell = [Math.floor(y * (size[0] / stride)), Math.floor(x * (size[1] / stride))]
    const key = [l, ...cell, anchor].join()
    const before = taken.get(key)
    const place = `scale ${l}, row ${cell[0]}, column ${cell[1]}, anchor ${anchor}`
    if (before !== undefined) say(before, 'overwritten', `is overwritten at ${place}, where both classes stay, by`, t)
    taken.set(key, t)
  }
}
