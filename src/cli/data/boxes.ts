import { float32, refuse, type Tensor } from '../../io/index.js'
import { boxNumbers } from '../../yolo/index.js'

/** Boxes of a batch or a data set in pixels of the network input, and what to call them in messages. */
export interface Boxes {
  readonly images: number
  /** Numbers of a row: 5, or 6 with an objectness. */
  readonly numbers: number
  /** How many rows an image has. */
  countOf(image: number): number
  /** The rows of an image, one after another. */
  rowsOf(image: number): Float32Array
  placeOf(image: number, row: number): string
  /** The file of the image; of no use for an array, which names none. */
  pathOf(image: number): string
  /** Height and width that an image has by its annotations; undefined where nobody says so. */
  sizeOf(image: number): readonly [height: number, width: number] | undefined
  /** Why an image is of no use, where its size could not be told. */
  whyUnusable(image: number): string | undefined
  /** Whether rows of zeros at the end of an image are padding; of annotations each row is a box. */
  readonly padded: boolean
  /** Names of the classes, where the annotations tell them. */
  readonly classNames?: readonly string[] | undefined
}

/** Rows of boxes with an objectness behind each; where they have one already, as they are. */
export function weighted(boxes: Boxes, objectness: (image: number, row: number) => number): Boxes {
  if (boxes.numbers > boxNumbers) return boxes
  const rowsOf = (image: number): Float32Array => {
    const given = boxes.rowsOf(image)
    const rows = new Float32Array(boxes.countOf(image) * (boxNumbers + 1))
    for (let row = 0; row < boxes.countOf(image); row++) {
      rows.set(given.subarray(row * boxNumbers, (row + 1) * boxNumbers), row * (boxNumbers + 1))
      rows[row * (boxNumbers + 1) + boxNumbers] = objectness(image, row)
    }
    return rows
  }
  return { ...boxes, numbers: boxNumbers + 1, rowsOf }
}

/** Boxes of an objectness of 1. */
export const ofOne = (boxes: Boxes): Boxes => weighted(boxes, () => 1)

/** The names of the classes on which all agree. */
function commonNames([first, ...others]: readonly Boxes[]): Boxes['classNames'] {
  const names = first?.classNames
  return others.every(({ classNames }) => String(classNames) === String(names)) ? names : undefined
}

/** The images of all, one after another. */
export function joined(given: readonly Boxes[]): Boxes {
  const numbers = given.reduce((most, boxes) => Math.max(most, boxes.numbers), boxNumbers)
  const parts = given.map((boxes) => (numbers > boxNumbers ? ofOne(boxes) : boxes))
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((n, { images }) => n + images, 0))
  const partOf = (image: number) => {
    const i = starts.findLastIndex((start) => start <= image)
    return { boxes: parts[i] as Boxes, own: image - (starts[i] as number) }
  }
  return {
    numbers,
    padded: parts.some(({ padded }) => padded),
    classNames: commonNames(parts),
    images: parts.reduce((n, { images }) => n + images, 0),
    countOf: (image) => partOf(image).boxes.countOf(partOf(image).own),
    rowsOf: (image) => partOf(image).boxes.rowsOf(partOf(image).own),
    placeOf: (image, row) => partOf(image).boxes.placeOf(partOf(image).own, row),
    pathOf: (image) => partOf(image).boxes.pathOf(partOf(image).own),
    whyUnusable: (image) => partOf(image).boxes.whyUnusable(partOf(image).own),
    sizeOf: (image) => partOf(image).boxes.sizeOf(partOf(image).own),
  }
}

/** Some of the images; fewer, or none, where there are not as many. */
export function chosen(boxes: Boxes, skip = 0, take = Number.POSITIVE_INFINITY): Boxes {
  return {
    numbers: boxes.numbers,
    padded: boxes.padded,
    classNames: boxes.classNames,
    images: Math.max(0, Math.min(take, boxes.images - skip)),
    countOf: (image) => boxes.countOf(image + skip),
    rowsOf: (image) => boxes.rowsOf(image + skip),
    placeOf: (image, row) => boxes.placeOf(image + skip, row),
    pathOf: (image) => boxes.pathOf(image + skip),
    whyUnusable: (image) => boxes.whyUnusable(image + skip),
    sizeOf: (image) => boxes.sizeOf(image + skip),
  }
}

/** How many rows a table of boxes has for each image, at least one, and the image that has so many. */
export function mostRows(boxes: Boxes): { readonly rows: number; readonly image: number } {
  let most = { rows: 1, image: 0 }
  for (let image = 0; image < boxes.images; image++)
    if (boxes.countOf(image) > most.rows) most = { rows: boxes.countOf(image), image }
  return most
}

/** One table of some images, filled up with rows of zeros. @param rows of each image */
export function tableOf(boxes: Boxes, rows: number): Tensor<'float32'> {
  const shape = [boxes.images, rows, boxes.numbers] as const
  const data = new Float32Array(shape[0] * shape[1] * shape[2])
  for (let image = 0; image < boxes.images; image++) data.set(boxes.rowsOf(image), image * rows * boxes.numbers)
  return { dtype: 'float32', shape, data }
}

/** The rows of one image as a batch of one. */
export const tableOfOne = (boxes: Boxes, image: number): Tensor<'float32'> =>
  float32([1, boxes.countOf(image), boxes.numbers], boxes.rowsOf(image))

/** Boxes as a graph takes them. @throws InputError for an objectness that it has no room for */
export function asTaken(boxes: Boxes, labels: 'dense' | 'boxes' | 'weighted-boxes', place: string): Boxes {
  if (labels === 'weighted-boxes') return ofOne(boxes)
  if (boxes.numbers === boxNumbers) return boxes
  const what = 'the boxes have an objectness, which the graph does not take'
  return refuse('E_BOXES', place, what, 'export it with --labels weighted-boxes')
}

/** Bytes in words: `428.1 GiB`. */
export const spellBytes = (bytes: number): string =>
  bytes < 2 ** 20
    ? `${bytes} bytes`
    : bytes < 2 ** 30
      ? `${(bytes / 2 ** 20).toFixed(1)} MiB`
      : `${(bytes / 2 ** 30).toFixed(1)} GiB`

/** Refuses a table that is too large, with the image that makes it so. @param limit in bytes @throws InputError */
export function refuseWide(boxes: Boxes, limit: number, remedy: string): void {
  const { rows, image } = mostRows(boxes)
  const bytes = boxes.images * rows * boxes.numbers * Float32Array.BYTES_PER_ELEMENT
  if (bytes <= limit) return
  const table = `the table [${boxes.images},${rows},${boxes.numbers}] of boxes has ${spellBytes(bytes)}`
  const what = `${table}, more than the limit of ${spellBytes(limit)}: one image has ${rows} boxes`
  refuse('E_LIMIT', boxes.placeOf(image, rows - 1), what, remedy)
}
