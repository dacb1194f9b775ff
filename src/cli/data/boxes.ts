import { dirname, resolve } from 'node:path'
import type { Fault, Tensor } from '../../io/index.js'
import { float32, imageSize, listed, quoted, readArrays, readBytes, refuse } from '../../io/index.js'
import { elementAt } from '../../verify/index.js'
import { type AnnotatedImage, boxNumbers, type Fit, fitBoxes, parseCoco, parseLines } from '../../yolo/index.js'

type Size = readonly [height: number, width: number]

/** How to read a file of boxes. */
export interface BoxOptions {
  readonly input: Size
  /** How images come into the input; by default letterboxed, and arrays as they are. */
  readonly fit?: Fit
  /** Size of all images. */
  readonly imageSize?: Size
  /** Folder of the images, for lines without `imageSize`; default that of the file. */
  readonly images?: string
  /** Names of the classes, for COCO. */
  readonly classNames?: readonly string[]
  readonly skip?: number
  readonly take?: number
}

/** Boxes of a batch in pixels of the network input, `[B,T,5]` or with an objectness `[B,T,6]`, and what to call them in messages. */
export interface Boxes {
  readonly table: Tensor<'float32'>
  readonly placeOf: (image: number, row: number) => string
}

/**
 * Reads annotation lines, COCO JSON or an array `[B,T,5]` or `[B,T,6]` (.npy, .npz).
 * @throws InputError for what cannot be read, or an image whose size is not known
 */
export async function readBoxes(file: string, options: BoxOptions): Promise<Boxes> {
  const bytes = Buffer.from(await readBytes(file, largestText))
  const isArray = bytes.readUInt8(0) === 0x93 || bytes.toString('latin1', 0, 2) === 'PK'
  if (isArray) return fromArray(file, options)
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  const images = /^\s*[{[]/.test(text)
    ? parseCoco(parseJson(text, file), options.classNames, file)
    : parseLines(text, file)
  return fromImages(selected(images, options, file), file, options)
}

/** COCO's largest file of instances has half of this. */
const largestText = 2 ** 30

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return refuse('E_ANNOTATION', file, `not valid JSON: ${(error as Error).message}`)
  }
}

function selected<T>(images: readonly T[], { skip = 0, take }: BoxOptions, file: string): readonly T[] {
  const chosen = images.slice(skip, take === undefined ? undefined : skip + take)
  if (chosen.length > 0) return chosen
  return refuse('E_ANNOTATION', file, `no image is left of ${images.length}`, 'look at --skip and --take')
}

async function fromArray(file: string, options: BoxOptions): Promise<Boxes> {
  const arrays = await readArrays(file)
  const [only, ...others] = arrays
  const boxes = arrays.get('boxes') ?? (others.length === 0 ? only?.[1] : undefined)
  if (!boxes) {
    const what = `holds ${listed([...arrays.keys()])}`
    return refuse('E_BOXES', file, what, `name the array of boxes ${quoted('boxes')}`)
  }
  const [batch = 0, rows = 0, count = 0] = boxes.shape
  if (boxes.shape.length !== 3 || (count !== boxNumbers && count !== boxNumbers + 1)) {
    const what = `the array is ${boxes.dtype}[${boxes.shape}], neither [B,T,5] nor [B,T,6]`
    refuse('E_BOXES', file, what, 'rows are x1 y1 x2 y2 class, and perhaps an objectness')
  }
  const images = Array.from({ length: batch }, (_, b): AnnotatedImage => {
    const number = (i: number) => Number(elementAt(boxes, b * rows * count + i))
    const list = Array.from({ length: rows }, (_, t) => [0, 1, 2, 3, 4].map((k) => number(t * count + k)) as never)
    return { name: `image ${b}`, boxes: list, places: list.map((_, t) => `${file}, image ${b}, row ${t}`) }
  })
  if (options.fit && options.fit !== 'none' && !options.imageSize)
    refuse('E_BOXES', file, 'an array does not tell the size of its images', 'give --image-size')
  const chosen = selected([...images.entries()], options, file)
  const own = chosen.map(([, image]) => image)
  const found = await fromImages(own, file, { ...options, fit: options.fit ?? 'none' })
  if (count === boxNumbers) return found
  const objectness = (row: number) =>
    Number(elementAt(boxes, ((chosen[0]?.[0] ?? 0) * rows + row) * count + boxNumbers))
  return { ...found, table: weighted(found.table, objectness) }
}

/** Rows of boxes with an objectness behind each. */
export function weighted(
  { shape: [batch = 0, rows = 0], data }: Tensor<'float32'>,
  objectness: (row: number) => number,
): Tensor<'float32'> {
  const numbers = Array.from({ length: batch * rows }, (_, row) => [
    ...data.subarray(row * boxNumbers, (row + 1) * boxNumbers),
    objectness(row),
  ])
  return float32([batch, rows, boxNumbers + 1], numbers.flat())
}

/** Puts images of different counts into one table, rows of zeros at the end. */
async function fromImages(images: readonly AnnotatedImage[], file: string, options: BoxOptions): Promise<Boxes> {
  const { fit = 'letterbox', input } = options
  const most = Math.max(1, ...images.map(({ boxes }) => boxes.length))
  const data = new Float32Array(images.length * most * 5)
  for (const [b, image] of images.entries()) {
    const size = fit === 'none' ? input : (options.imageSize ?? image.size ?? (await sizeFrom(image, file, options)))
    data.set(fitBoxes(image.boxes, fit, size, input).flat(), b * most * 5)
  }
  return {
    table: float32([images.length, most, 5], data),
    placeOf: (image, row) => images[image]?.places[row] ?? `${file}, image ${image}, row ${row}`,
  }
}

/** The size in the header of an image file. */
async function sizeFrom({ name }: AnnotatedImage, file: string, { images }: BoxOptions): Promise<Size> {
  const path = resolve(images ?? dirname(file), name)
  try {
    return imageSize(await readBytes(path), name)
  } catch (error) {
    const what = `the size of ${quoted(name)} is not known: ${(error as Fault).lead}`
    const remedy = 'give --images DIR, --image-size HxW for all, or --fit none if boxes are in pixels of the input'
    return refuse('E_IMAGE', file, what, remedy, error)
  }
}
