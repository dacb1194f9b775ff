import { dirname, resolve } from 'node:path'
import type { Fault } from '../../io/index.js'
import {
  imageSize,
  listed,
  quoted,
  readArrays,
  readBytes,
  readEntries,
  readHead,
  readLines,
  refuse,
  refuseOtherKinds,
  type Tell,
} from '../../io/index.js'
import { elementAt, type Progress } from '../../verify/index.js'
import {
  type Annotations,
  type BoxRow,
  boxNumbers,
  CocoAnnotations,
  cocoLists,
  type Fit,
  fitBoxes,
  LineAnnotations,
} from '../../yolo/index.js'
import { type Boxes, chosen, weighted } from './boxes.js'
import { paceOf } from './pace.js'

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
  /** Hears how far reading is. */
  readonly progress?: Progress
}

const silent: Progress = { step() {}, end() {} }

/**
 * Reads annotation lines, COCO JSON or an array `[B,T,5]` or `[B,T,6]` (.npy, .npz). Texts may be larger than memory.
 * @throws InputError for what cannot be read, or an image whose size is not known
 */
export async function readBoxes(file: string, options: BoxOptions): Promise<Boxes> {
  const head = await readHead(file)
  if (head[0] === 0x93 || Buffer.from(head).toString('latin1', 0, 2) === 'PK') return fromArray(file, options)
  refuseOtherKinds(head, file)
  const isJson = /^\s*[{[]/.test(new TextDecoder().decode(head))
  const { progress = silent } = options
  const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20)
  const tell: Tell = (done, total) => progress.step(mebibytes(done), mebibytes(total), `MiB of ${file}`)
  const images = await (isJson ? readCoco(file, options, tell) : readText(file, tell))
  return { ...(await fitted(selected(images, options, file), file, options)), padded: false }
}

async function readCoco(file: string, { classNames }: BoxOptions, tell: Tell): Promise<Annotations> {
  const coco = new CocoAnnotations(file, classNames)
  const found = await readEntries(file, cocoLists, (list, i, entry) => coco.add(list as 'images', i, entry), tell)
  coco.close(found)
  return coco
}

async function readText(file: string, tell: Tell): Promise<Annotations> {
  const lines = new LineAnnotations(file)
  await readLines(file, (line) => lines.add(line), tell)
  return lines
}

/** Those images that are asked for. @throws InputError where none is */
function selected(images: Annotations, { skip = 0, take = images.images }: BoxOptions, file: string): Annotations {
  const count = Math.max(0, Math.min(take, images.images - skip))
  if (count === 0)
    return refuse('E_ANNOTATION', file, `no image is left of ${images.images}`, 'look at --skip and --take')
  return {
    images: count,
    nameOf: (image) => images.nameOf(image + skip),
    sizeOf: (image) => images.sizeOf(image + skip),
    countOf: (image) => images.countOf(image + skip),
    boxOf: (image, row) => images.boxOf(image + skip, row),
    placeOf: (image, row) => images.placeOf(image + skip, row),
  }
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
  if (options.fit && options.fit !== 'none' && !options.imageSize)
    refuse('E_BOXES', file, 'an array does not tell the size of its images', 'give --image-size')
  const number = (image: number, row: number, k: number) => Number(elementAt(boxes, (image * rows + row) * count + k))
  const images: Annotations = {
    images: batch,
    nameOf: (image) => `image ${image}`,
    sizeOf: () => undefined,
    countOf: () => rows,
    boxOf: (image, row) => [0, 1, 2, 3, 4].map((k) => number(image, row, k)) as unknown as BoxRow,
    placeOf: (image, row) => `${file}, image ${image}, row ${row}`,
  }
  const { skip = 0, take } = options
  const all = await fitted(images, file, { ...options, fit: options.fit ?? 'none' })
  selected(images, options, file)
  const whole = count === boxNumbers ? all : weighted(all, (image, row) => number(image, row, boxNumbers))
  return chosen(whole, skip, take)
}

/** The boxes in pixels of the network input. All sizes are found beforehand, so that a fault comes before any output. */
async function fitted(images: Annotations, file: string, options: BoxOptions): Promise<Boxes> {
  const { fit = 'letterbox', input } = options
  const sizes = fit === 'none' || options.imageSize ? undefined : await sizesOf(images, file, options)
  const sizeOf = (image: number): Size => {
    const [height = input[0], width = input[1]] =
      sizes?.subarray(2 * image, 2 * image + 2) ?? options.imageSize ?? input
    return [height, width]
  }
  return {
    images: images.images,
    numbers: boxNumbers,
    padded: true,
    countOf: (image) => images.countOf(image),
    rowsOf: (image) => {
      const boxes = Array.from({ length: images.countOf(image) }, (_, row) => images.boxOf(image, row))
      return Float32Array.from(fitBoxes(boxes, fit, sizeOf(image), input).flat())
    },
    placeOf: (image, row) =>
      row < images.countOf(image) ? images.placeOf(image, row) : `${file}, image ${image}, row ${row}`,
  }
}

/** Height and width of every image, one after another. */
async function sizesOf(images: Annotations, file: string, options: BoxOptions): Promise<Float64Array> {
  const sizes = new Float64Array(2 * images.images)
  const pace = paceOf(options.progress ?? silent, images.images, 'images measured')
  for (let image = 0; image < images.images; image++) {
    const told = images.sizeOf(image)
    sizes.set(
      told ? sound(told, images.nameOf(image), file) : await sizeFrom(images.nameOf(image), file, options),
      2 * image,
    )
    await pace(image)
  }
  return sizes
}

/** A size that boxes can be letterboxed by. @throws InputError naming the image */
function sound([height, width]: Size, name: string, file: string): Size {
  if (height >= 1 && width >= 1) return [height, width]
  const what = `image ${quoted(name)} is ${width} wide and ${height} high`
  return refuse('E_ANNOTATION', file, what, 'correct its width and height, or give --image-size HxW for all')
}

/** The size in the header of an image file. */
async function sizeFrom(name: string, file: string, { images }: BoxOptions): Promise<Size> {
  const path = resolve(images ?? dirname(file), name)
  try {
    return imageSize(await readBytes(path), name)
  } catch (error) {
    const what = `the size of ${quoted(name)} is not known: ${(error as Fault).lead}`
    const remedy = 'give --images DIR, --image-size HxW for all, or --fit none if boxes are in pixels of the input'
    return refuse('E_IMAGE', file, what, remedy, error)
  }
}
