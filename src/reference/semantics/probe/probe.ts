import type { Grid } from '../../types.js'
import type { SemanticsInput } from '../cells/input.js'
import { labelsOf } from './labels.js'

/** What a probe is made for. */
export interface ProbeOptions {
  /** Default 3; with 1 the rule about a single class shows, and no other of the classes. */
  readonly classes?: number
  /** Boxes as rows, or the labels that keras-yolo3 makes of them; default boxes. */
  readonly labels?: 'boxes' | 'dense'
  /**
   * For implementations that know only whole objects, and masks in which every anchor is once: then fractional
   * objectness, and anchors in no mask or in two, do not show.
   */
  readonly plain?: boolean
  /** For implementations that know only whole objects; plain ones are. */
  readonly whole?: boolean
}

/** Sides and centres that are sums of few powers of two: an IoU that is to be one half is it in float32 too. */
const size = 128
const anchors = [[4, 8], [1, 2], [8, 4], [16, 16], [32, 16], [16, 64], [64, 32], [32, 64], [64, 64]] as const // biome-ignore format: one line
const masks = { odd: [[6, 7, 8], [3, 4, 5], [1, 2, 3]], plain: [[6, 7, 8], [3, 4, 5], [0, 1, 2]] } as const // biome-ignore format: one line

/** `xmin ymin xmax ymax class objectness` of each image; the last image has none. */
const boxes: readonly (readonly (readonly number[])[])[] = [
  [
    // Smaller than a pixel, near the origin, where float32 still knows where it is.
    [0.5, 0.375, 0.8125, 1, 0, 1],
    // Two in a cell, for one anchor: the first twice as large, with a class and a score of its own.
    [40, 41, 49, 47.5, 1, 1],
    [43, 42.25, 48.5, 46.25, 2, 0.75],
    // Best for an anchor of two scales, and for one of none.
    [60.5, 70.25, 77, 85, 0, 1],
    [90, 20, 94.5, 28.25, 1, 1],
    // A centre on the border of two cells.
    [16, 48, 80, 80, 2, 1],
    [64.5, 8, 96.75, 24.25, 1, 0.5],
  ],
  [
    [0.25, 55, 16, 116.5, 1, 1],
    [30.5, 31, 38.25, 35.5, 0, 1],
    [33, 48.75, 95.5, 111.5, 2, 1],
    [100.5, 100.25, 115, 118, 0, 1],
    // Half of the anchor of 64×64 that stands in a cell that has no centre of a box.
    [48, 48, 112, 80, 1, 1],
  ],
  [],
]

/** A prediction that is to lie on a box, at a row that is not to find it. */
interface Aim {
  readonly image: number
  /** Which box of the image, how much larger the prediction is, and how many pixels beside it. */
  readonly box: number
  readonly larger: number
  readonly beside?: readonly [x: number, y: number]
  /** How many columns its cell is from that of its centre: a twice as wide σ, and its square for the size, reach there. */
  readonly reach?: number
  /** Its logit of objectness, if that is not left to chance. */
  readonly objectness?: number
  readonly scale: number
  readonly anchor: number
  /** Whether some class is likely there. */
  readonly isLikely: boolean
}

const aims: readonly Aim[] = [
  { image: 0, box: 1, larger: 1.06, scale: 2, anchor: 0, isLikely: true },
  { image: 0, box: 3, larger: 1.1, scale: 0, anchor: 0, isLikely: true },
  { image: 0, box: 6, larger: 0.94, scale: 1, anchor: 2, isLikely: false },
  { image: 1, box: 0, larger: 1.08, scale: 2, anchor: 2, isLikely: true },
  { image: 1, box: 2, larger: 0.95, scale: 0, anchor: 1, isLikely: false },
  { image: 1, box: 3, larger: 1.05, scale: 1, anchor: 2, isLikely: true },
  // In cells beside that of the box.
  { image: 1, box: 2, larger: 0.97, beside: [-7, -6], scale: 1, anchor: 0, isLikely: false },
  { image: 1, box: 2, larger: 1.02, beside: [6, 9], scale: 1, anchor: 1, isLikely: true },
  { image: 0, box: 5, larger: 1.03, beside: [3, -5], scale: 1, anchor: 1, isLikely: false },
  { image: 1, box: 2, larger: 0.97, beside: [-6, -1], scale: 0, anchor: 2, isLikely: false },
  // With an IoU just above one half, which a wider σ makes less; of a box cut to whole pixels, and of it as it is.
  { image: 1, box: 3, larger: 1, beside: [3.45, 0.875], scale: 2, anchor: 0, isLikely: true },
  { image: 1, box: 3, larger: 1, beside: [3.85, 1.2], scale: 2, anchor: 1, isLikely: true },
  // Where no neighbour of the box's cell is: those that are have no mask, for they are objects.
  { image: 1, box: 2, larger: 0.85, beside: [8, 0], reach: 1, objectness: 1.5, scale: 1, anchor: 1, isLikely: true },
]

/** A batch in which nearly every rule has something to decide, with the configuration that it is for. */
export function probe({
  classes = 3,
  labels = 'boxes',
  plain = false,
  whole = plain,
}: ProbeOptions = {}): SemanticsInput {
  const anchorMask = plain ? masks.plain : masks.odd
  const input = {
    anchors,
    anchorMask,
    classes,
    ignoreThreshold: 0.5,
    logits: anchorMask.map((mask, l) => logitsAt(l, mask, classes)),
    labels: rowsOf(classes, whole),
  }
  return labels === 'dense' ? { ...input, labels: labelsOf(input) } : input
}

/** `[B,M,5]`, or `[B,M,6]` with an objectness; rows of zeros fill up. */
function rowsOf(classes: number, whole: boolean): Grid {
  const numbers = whole ? 5 : 6
  const count = Math.max(...boxes.map(({ length }) => length)) + 1
  const data = new Float32Array(boxes.length * count * numbers)
  for (const [b, image] of boxes.entries())
    for (const [t, row] of image.entries()) {
      const own = row.map((x, k) => (k === 4 ? Math.min(x, classes - 1) : x)).slice(0, numbers)
      data.set(own, (b * count + t) * numbers)
    }
  return { shape: [boxes.length, count, numbers], data }
}

function logitsAt(l: number, mask: readonly number[], classes: number): Grid {
  const [cells, stride] = [(size / 32) * 2 ** l, 5 + classes]
  const shape = [boxes.length, cells, cells, mask.length * stride]
  const next = numbersFrom(l + 1)
  const data = Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, next)
  const rowAt = (image: number, row: number, column: number, anchor: number) =>
    (((image * cells + row) * cells + column) * mask.length + anchor) * stride
  for (const aim of aims)
    if (aim.scale === l) {
      const { values, row, column } = aimed(
        aim,
        cells,
        anchors[mask[aim.anchor] as number] as readonly [number, number],
      )
      const start = rowAt(aim.image, row, column, aim.anchor)
      data.set(values, start)
      data[start + 4] = aim.objectness ?? (data[start + 4] as number)
      for (let c = 0; c < classes; c++) data[start + 5 + c] = aim.isLikely && c === 0 ? 0.75 : -2 - 0.25 * c
    }
  // σ(0) and e⁰ are exact: this prediction is the anchor of 64×64, at 80, 48.
  if (l === 0) data.set([0, 0, 0, 0], rowAt(1, 1, 2, 2))
  return { shape, data }
}

/** The logits of the box, by the decode of most, or by the one that reaches beyond its cell. */
function aimed(
  { image, box, larger, beside = [0, 0], reach }: Aim,
  cells: number,
  [aw, ah]: readonly [number, number],
) {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes[image]?.[box] ?? []
  const inCells = (low: number, high: number, by: number) => (((low + high) / 2 + by) / size) * cells
  const [x, y] = [inCells(x1, x2, beside[0]), inCells(y1, y2, beside[1])]
  const [column, row] = [Math.floor(x) + (reach ?? 0), Math.floor(y)]
  const { place, side } = reach === undefined ? usual : reaching
  const sides = [((x2 - x1) * larger) / aw, ((y2 - y1) * larger) / ah] as const
  return { values: [place(x - column), place(y - row), side(sides[0]), side(sides[1])], row, column }
}

const logit = (p: number): number => Math.log(p / (1 - p))

/** Logits of a place within a cell, in cells, and of a side, in those of the anchor. */
interface Inverse {
  readonly place: (within: number) => number
  readonly side: (times: number) => number
}

const usual: Inverse = { place: (within) => logit(Math.min(Math.max(within, 0.05), 0.95)), side: Math.log }

const reaching: Inverse = {
  place: (within) => logit((within + 0.5) / 2),
  side: (times) => logit(Math.sqrt(times) / 2),
}

/** Numbers from −2 to 2 in steps of 1/64, the same everywhere, never 0: there absolute values have no slope. */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    const step = ((state >>> 16) % 256) - 128
    return (step < 0 ? step : step + 1) / 64
  }
}
