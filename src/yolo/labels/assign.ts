import { Fault, float32, refuse, sizeOf, type Tensor } from '../../io/index.js'
import { boxEntries, boxNumbers, coarsestStride } from '../config/vocabulary.js'
import { expectBoxes } from './expected.js'

export type Size = readonly [height: number, width: number]

export interface AssignConfig {
  /** Width and height of each anchor, in pixels of the network input. */
  readonly anchors: readonly (readonly [number, number])[]
  /** For each scale, coarsest first, the anchors it predicts. */
  readonly anchorMask: readonly (readonly number[])[]
  readonly classes: number
  /** What rows of no width before other boxes do: `original` (default) as there (S32), `anywhere` nothing. */
  readonly padding?: 'original' | 'anywhere'
}

/** A box that the original would assert on, wrap around or write over other channels (S33). */
export class BoxError extends Fault<'E_BOX', 'input'> {
  override readonly name = 'BoxError'

  /**
   * @param image index of the image in the batch
   * @param row index of the offending row within the image
   * @param why what is wrong with it, without its place
   */
  constructor(
    readonly image: number,
    readonly row: number,
    readonly why: string,
  ) {
    super('input', 'E_BOX', { where: `boxes[${image}][${row}]`, what: why })
  }
}

/** A row of boxes as the original reads it. */
export interface Row {
  /** Centre and size as fractions of the input, rounded to float32. */
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
  /** Width and height in pixels. */
  readonly size: readonly [number, number]
  readonly label: number
  /** Weight of the box; 0 for none. */
  readonly objectness: number
}

/** Whether a row has so many numbers: those of a box, and perhaps an objectness. */
const isRow = (numbers: number | undefined): boolean => numbers === boxNumbers || numbers === boxNumbers + 1

/**
 * Target assignment: the `y_true` of each scale (`preprocess_true_boxes` of keras-yolo3; semantics S28–S34, section 9).
 *
 * A box goes to the anchor of the most similar size, into the cell of its centre, at every scale that predicts this
 * anchor. The last box in a cell wins its place and size, classes accumulate (S31). Rows of width 0 or less are padding.
 *
 * @param boxes `[B,T,5]`, rows `x1 y1 x2 y2 class` in pixels of the network input, or `[B,T,6]` with an objectness last
 * @param size height and width of the network input in pixels, multiples of 32
 * @returns per scale `[B,h,w,A,5+C]`: centre and size as fractions of the input, objectness, one bit per class
 * @throws BoxError naming image and row for a number that is not finite, a class outside 0…C−1, a centre outside the image
 * @throws InputError for a wrong shape or size; ConfigError
 */
export function assignTargets(boxes: Tensor<'float32'>, size: Size, config: AssignConfig): Tensor<'float32'>[] {
  expectBoxes('assignTargets', boxes, size, config)
  const [batch = 0, rowsPerImage = 0, numbers] = boxes.shape
  if (boxes.shape.length !== 3 || !isRow(numbers))
    refuse('E_BOXES', 'boxes', `expected [B,T,5] rows of x1 y1 x2 y2 class, or [B,T,6], got [${boxes.shape}]`)
  if (!size.every((pixels) => pixels > 0 && pixels % coarsestStride === 0))
    refuse('E_BOXES', 'size', `${size.join(' × ')} (height × width) is no multiple of ${coarsestStride}`)
  const targets = emptyTargets(batch, size, config)
  for (let image = 0; image < batch; image++) {
    const rows = Array.from({ length: rowsPerImage }, (_, t) => readRow(boxes, image, t, size, config.classes))
    // The original drops padding rows when it looks for anchors, but not when it reads the box: the t-th anchor goes
    // with row t of all rows. Only padding in front of or between boxes tells the two apart (S32).
    const valid = [...rows.entries()].filter(([, row]) => row.size[0] > 0)
    for (const [i, [own, { size: pixels }]] of valid.entries()) {
      const t = config.padding === 'anywhere' ? own : i
      const row = rows[t] as Row
      expectInside(row, image, t)
      if (row.objectness !== 0) writeBox(targets, image, row, bestAnchor(pixels, config.anchors), config.anchorMask)
    }
  }
  return targets
}

function emptyTargets(batch: number, [height, width]: Size, config: AssignConfig): Tensor<'float32'>[] {
  return config.anchorMask.map((mask, l) => {
    const stride = coarsestStride / 2 ** l
    const shape = [batch, height / stride, width / stride, mask.length, boxEntries + config.classes]
    return float32(shape, new Float32Array(sizeOf(shape)))
  })
}

/** Row `t` of an image. @throws BoxError for numbers that are not finite and for classes that are too high */
export function readRow(
  boxes: Tensor<'float32'>,
  image: number,
  t: number,
  [height, width]: Size,
  classes: number,
): Row {
  const [, rows = 0, count = 0] = boxes.shape
  const start = (image * rows + t) * count
  const numbers = boxes.data.subarray(start, start + count)
  const [x1, y1, x2, y2, label, objectness = 1] = numbers as unknown as [
    number,
    number,
    number,
    number,
    number,
    number?,
  ]
  if (!numbers.every(Number.isFinite)) throw new BoxError(image, t, `[${numbers}] is not finite`)
  if (label >= classes) throw new BoxError(image, t, `class ${label} is not below the ${classes} classes of the config`)
  const pixels = [Math.fround(x2 - x1), Math.fround(y2 - y1)] as const
  return {
    x: Math.fround(middle(x1, x2) / width),
    y: Math.fround(middle(y1, y2) / height),
    w: Math.fround(pixels[0] / width),
    h: Math.fround(pixels[1] / height),
    size: pixels,
    label: Math.trunc(label),
    objectness,
  }
}

/** ⌊(a+b)/2⌋ with the sum in float32: the original divides with `//` (S28). */
const middle = (a: number, b: number): number => Math.floor(Math.fround(a + b) / 2)

/** NumPy would count a negative class or cell from the far end, and so write into a foreign channel or cell. */
function expectInside({ x, y, label }: Row, image: number, t: number): void {
  if (label < 0) throw new BoxError(image, t, `class ${label} is negative`)
  if (!(x >= 0 && x < 1 && y >= 0 && y < 1))
    throw new BoxError(image, t, `centre (${x}, ${y}) lies outside the image, which spans [0, 1)`)
}

/**
 * Why a box is not learnt: what target assignment refuses, and a box without width or height, whose loss would be infinite.
 * @param row `x1 y1 x2 y2 class` in pixels of the network input
 */
export function whyNotLearnt(row: Float32Array, size: Size, config: AssignConfig): string | undefined {
  try {
    const read = readRow({ dtype: 'float32', shape: [1, 1, row.length], data: row }, 0, 0, size, config.classes)
    expectInside(read, 0, 0)
    if (!read.size.every((side) => side > 0)) return 'it has no width or height in the network input'
    const anchor = bestAnchor(read.size, config.anchors)
    if (config.anchorMask.some((mask) => mask.includes(anchor))) return undefined
    return `its size is nearest to that of anchor ${anchor}, which no scale has in its mask`
  } catch (error) {
    if (error instanceof BoxError) return error.why
    throw error
  }
}

/**
 * First anchor with the best IoU of width and height, both boxes about one centre (S30).
 *
 * Half the sides and the area of the box are float32 in the original, the rest float64. A box whose area is that of an
 * anchor below 0 has an IoU of 0/0 with it, which NumPy's `argmax` takes for the largest.
 */
export function bestAnchor([w, h]: readonly [number, number], anchors: AssignConfig['anchors']): number {
  const shared = (side: number, anchor: number) => Math.max(2 * Math.min(Math.fround(side / 2), anchor / 2), 0)
  const ious = anchors.map(([anchorW, anchorH]) => {
    const overlap = shared(w, anchorW) * shared(h, anchorH)
    return overlap / (Math.fround(w * h) + anchorW * anchorH - overlap)
  })
  const undefinedAt = ious.findIndex(Number.isNaN)
  return undefinedAt >= 0 ? undefinedAt : ious.reduce((best, iou, n) => (iou > (ious[best] as number) ? n : best), 0)
}

function writeBox(
  targets: readonly Tensor<'float32'>[],
  image: number,
  { x, y, w, h, label, objectness }: Row,
  anchor: number,
  anchorMask: AssignConfig['anchorMask'],
): void {
  for (const [l, { shape, data }] of targets.entries()) {
    const place = anchorMask[l]?.indexOf(anchor) ?? -1
    if (place < 0) continue
    const [, rows, columns, anchors, channels] = shape as [number, number, number, number, number]
    // The float32 centre times the grid, in float64: a centre on a cell border can fall into the cell before (S29).
    const [row, column] = [Math.floor(y * rows), Math.floor(x * columns)]
    const start = (((image * rows + row) * columns + column) * anchors + place) * channels
    data.set([x, y, w, h, objectness], start)
    data[start + boxEntries + label] = 1
  }
}
