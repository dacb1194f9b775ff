import { resolve } from 'node:path'
import { diskFailed, isForeseen, quoted, refuse } from '../../io/index.js'
import { boxNumbers, type Fit, fitBoxes } from '../../yolo/index.js'
import { silent } from '../progress.js'
import { type Boxes, weighted } from './boxes.js'
import { formatOf } from './formats/all.js'
import type { BoxOptions, Size, Source } from './formats/format.js'
import { measured } from './formats/measure.js'
import { paceOf } from './pace.js'

/** How to read boxes; what has nobody to hear of it is not told. */
export type ReadOptions = Omit<BoxOptions, Heard> & Partial<Pick<BoxOptions, Heard>>

type Heard = 'progress' | 'tell'

/**
 * Reads boxes in any of the formats, file or folder, in pixels of the network input. Texts may be larger than memory.
 * @throws InputError for what cannot be read, or an image whose size is not known
 */
export async function readBoxes(path: string, asked: ReadOptions): Promise<Boxes> {
  const options = { progress: silent, tell() {}, ...asked }
  const { format, place } = await formatOf(path)
  const source = await format.read(place, options)
  const boxes = await fitted(source, path, { fit: source.fit, ...options })
  const weightOf = source.annotations.weightOf?.bind(source.annotations)
  return weightOf ? weighted(boxes, weightOf) : boxes
}

type Fitting = BoxOptions & { readonly fit: Fit }

/** The boxes in pixels of the network input. All sizes are found beforehand, so that a fault comes before any output. */
async function fitted(source: Source, path: string, options: Fitting): Promise<Boxes> {
  const { fit, input, imageSize } = options
  const { annotations: images, padded } = source
  const folder = options.images ?? source.imagesIn
  const unusable = new Map<number, string>()
  const sizes = fit === 'none' || imageSize ? undefined : await sizesOf(source, path, options, unusable)
  const sizeOf = (image: number): Size => {
    const [height = input[0], width = input[1]] = sizes?.subarray(2 * image, 2 * image + 2) ?? imageSize ?? input
    return [height, width]
  }
  return {
    images: images.images,
    numbers: boxNumbers,
    padded,
    classNames: source.classNames,
    countOf: (image) => images.countOf(image),
    rowsOf: (image) => {
      const boxes = Array.from({ length: images.countOf(image) }, (_, row) => images.boxOf(image, row))
      return Float32Array.from(fitBoxes(boxes, fit, sizeOf(image), input).flat())
    },
    whyUnusable: (image) => unusable.get(image),
    // Of boxes in pixels of the input it does not matter.
    sizeOf: (image) => (fit === 'none' ? undefined : sizeOf(image)),
    pathOf: (image) => resolve(folder, images.nameOf(image)),
    placeOf: (image, row) =>
      row < images.countOf(image) ? images.placeOf(image, row) : `${path}, image ${image}, row ${row}`,
  }
}

/** Height and width of every image, one after another. @param unusable takes the images whose size cannot be told */
async function sizesOf(
  { annotations: images, imagesIn }: Source,
  path: string,
  options: Fitting,
  unusable: Map<number, string>,
): Promise<Float64Array> {
  const sizes = new Float64Array(2 * images.images)
  const pace = paceOf(options.progress, images.images, 'images measured')
  for (let image = 0; image < images.images; image++) {
    const [told, name] = [images.sizeOf(image), images.nameOf(image)]
    try {
      sizes.set(told ? sound(told, name, path) : await measured(name, options.images ?? imagesIn, path), 2 * image)
    } catch (error) {
      if (!options.lenient || !isForeseen(error) || diskFailed(error)) throw error
      unusable.set(image, error.what)
      sizes.set(options.input, 2 * image)
    }
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
