import { expectArguments, must, type Tensor } from '../../io/index.js'
import { coarsestStride } from '../config/vocabulary.js'
import { type AssignConfig, BoxError, bestAnchor, type Row, readRow, type Size } from './assign.js'
import { expectBoxes } from './expected.js'

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
 * with more than 20, those that the original's loader would drop at random. Of a row that is refused the others are looked at
 * as if it were not there.
 * @param boxes `[B,T,5]`, rows `x1 y1 x2 y2 class` in pixels of the network input; rows of zeros at the end are padding
 * @param size height and width of the network input in pixels
 * @param padded whether rows of zeros at the end are padding, not boxes that became so small
 */
export function lintBoxes(boxes: Tensor<'float32'>, size: Size, config: AssignConfig, padded = true): BoxFinding[] {
  expectBoxes('lintBoxes', boxes, size, config)
  expectArguments('lintBoxes', { padded: must.yesOrNo }, { padded })
  const [batch = 0, rowsPerImage = 0] = boxes.shape
  const findings: BoxFinding[] = []
  for (let image = 0; image < batch; image++) {
    const say: Lint['say'] = (row, kind, what, by) =>
      void findings.push({ kind, image, row, what, ...(by === undefined ? {} : { by }) })
    const lint = { size, config, padded, say }
    const rows = Array.from({ length: rowsPerImage }, (_, t) => read(boxes, image, t, lint))
    lintImage(
      rows.flatMap((row) => row ?? []),
      lint,
    )
  }
  // Of a box that is written over its size does not count.
  const over = new Set(findings.flatMap(({ kind, image, row }) => (kind === 'overwritten' ? [`${image} ${row}`] : [])))
  return findings.filter(({ kind, image, row }) => kind !== 'zero-size' || !over.has(`${image} ${row}`))
}

/** How the rows of an image are looked at. */
interface Lint {
  readonly size: Size
  readonly config: AssignConfig
  readonly padded: boolean
  readonly say: (row: number, kind: BoxFinding['kind'], what: string, by?: number) => void
}

/** A row that is not refused for itself, and where it stands. */
interface Read {
  readonly t: number
  readonly row: Row
  readonly corners: readonly number[]
}

/** A row, or nothing when it is refused for itself. */
function read(boxes: Tensor<'float32'>, image: number, t: number, lint: Lint): Read | undefined {
  const { size, config, say } = lint
  try {
    const row = readRow(boxes, image, t, size, config.classes)
    if (row.label < 0) return void say(t, 'refused', `has class ${row.label}`)
    if (row.size[0] > 0 && isOutside(row)) return void sayOutside(row, t, lint)
    const start = (image * (boxes.shape[1] ?? 0) + t) * (boxes.shape[2] ?? 0)
    return { t, row, corners: Array.from(boxes.data.subarray(start, start + 4)) }
  } catch (error) {
    if (!(error instanceof BoxError)) throw error
    return void say(t, 'refused', `is refused: ${error.why}`)
  }
}

const isOutside = ({ x, y }: Row): boolean => !(x >= 0 && x < 1 && y >= 0 && y < 1)

const sayOutside = ({ x, y }: Row, t: number, { say }: Lint): void =>
  say(t, 'refused', `is refused: its centre (${x}, ${y}) lies outside the image`)

function lintImage(rows: readonly Read[], lint: Lint): void {
  const valid = rows.filter(({ row }) => row.size[0] > 0)
  const kept = `keras-yolo3's loader keeps ${loaderKeeps} of them, drawn at random`
  for (const { t } of valid.slice(loaderKeeps)) lint.say(t, 'truncated', `is one of ${valid.length}: ${kept}`)
  const taken = new Map<string, number>()
  // The k-th row with a width names the anchor, the k-th row of all the place (S32).
  for (const [k, { row: sized }] of valid.entries()) {
    const { row, t } = rows[k] as Read
    lintRow(row, t, bestAnchor(sized.size, lint.config.anchors), taken, lint)
  }
  for (const [k, row] of rows.entries()) lintWidth(row, k < valid.length, lint)
}

/** Rows of no width, and rows that others of no width push out. */
function lintWidth({ row, corners, t }: Read, used: boolean, { size: [height, width], padded, say }: Lint): void {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners
  const w = row.size[0]
  if (w > 0) {
    if (!used) say(t, 'lost', 'is lost: a row of no width before it takes its place')
    if (x1 < 0 || y1 < 0 || x2 > width || y2 > height)
      say(t, 'outside', `reaches out of the input of ${height}×${width}: [${corners.join(', ')}]`)
  } else if (used)
    say(t, 'zero-size', `is of width ${w} and before other boxes: it is written, and the loss becomes +inf or NaN`)
  else if (!padded || corners.some((x) => x !== 0)) say(t, 'lost', `is lost: its width is ${w}`)
}

function lintRow(row: Row, t: number, anchor: number, taken: Map<string, number>, lint: Lint): void {
  const { size, config, say } = lint
  const { x, y, size: pixels } = row
  if (isOutside(row)) {
    sayOutside(row, t, lint)
    return
  }
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
