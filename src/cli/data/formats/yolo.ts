import { join, sep } from 'node:path'
import {
  diskFailed,
  isFolder,
  isForeseen,
  isImageName,
  namesBelow,
  quoted,
  readBytes,
  refuse,
} from '../../../io/index.js'
import { fractionBoxes, Listing } from '../../../yolo/index.js'
import { paceOf } from '../pace.js'
import { chosenFiles } from './chosen.js'
import type { BoxOptions, Format, Place, Size } from './format.js'
import { measured } from './measure.js'

const [images, labels] = ['images', 'labels'] as const

/** Tools write the names of the classes beside the labels. */
const namesOfClasses = 'classes.txt'

const isLabels = (name: string): boolean => name.endsWith('.txt') && name !== namesOfClasses

/** A path with its last part of a name replaced, as `data/labels/train` for `data/images/train`. */
function beside(path: string, from: string, to: string): string | undefined {
  const parts = path.split(sep)
  const at = parts.lastIndexOf(from)
  return at < 0 ? undefined : parts.with(at, to).join(sep)
}

/** The folder of labels and that of their images. */
function foldersOf(
  { path, entries }: Place,
  given: string | undefined,
): { readonly labelsIn: string; readonly imagesIn: string } {
  if (entries.includes(labels)) return { labelsIn: join(path, labels), imagesIn: given ?? join(path, images) }
  const other = beside(path, images, labels)
  if (other !== undefined && isFolder(other)) return { labelsIn: other, imagesIn: given ?? path }
  return { labelsIn: path, imagesIn: given ?? beside(path, labels, images) ?? path }
}

const stemOf = (name: string): string => name.replace(/\.[^./\\]*$/, '')

/** Names below a folder, by what stands before their ending. @throws InputError for two that share it */
function stemsBelow(folder: string, keeps: (name: string) => boolean): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const name of isFolder(folder) ? namesBelow(folder).filter(keeps) : []) {
    const other = found.get(stemOf(name))
    if (other !== undefined)
      refuse('E_ANNOTATION', join(folder, name), `${quoted(other)} would have the same labels`, 'rename one of them')
    found.set(stemOf(name), name)
  }
  return found
}

const decoder = new TextDecoder()

/** More than any image has of boxes. */
const largestLabels = 2 ** 24

/** How the images of a folder are read, one after another. */
class Reader {
  readonly #folders
  readonly #labels
  readonly #images

  constructor(
    readonly place: Place,
    readonly options: BoxOptions,
  ) {
    this.#folders = foldersOf(place, options.images)
    this.#labels = stemsBelow(this.#folders.labelsIn, isLabels)
    this.#images = stemsBelow(this.#folders.imagesIn, isImageName)
  }

  /** Images with labels and without, which have no boxes. */
  get stems(): string[] {
    return [...new Set([...this.#images.keys(), ...this.#labels.keys()])].sort()
  }

  get imagesIn(): string {
    return this.#folders.imagesIn
  }

  async imageOf(stem: string) {
    const [name, own] = [this.#images.get(stem), this.#labels.get(stem)]
    const file = own === undefined ? this.place.path : join(this.#folders.labelsIn, own)
    const size = await this.#sizeOf(name, file).catch((error: unknown) => {
      if (this.options.lenient && isForeseen(error) && !diskFailed(error)) return undefined
      throw error
    })
    // Whoever is lenient hears of it when the image is opened.
    if (!size) return { name: name ?? stem, file, boxes: [] }
    const text = own === undefined ? '' : decoder.decode(await readBytes(file, largestLabels))
    return { name: name ?? stem, file, size, boxes: fractionBoxes(text, file, size) }
  }

  async #sizeOf(name: string | undefined, file: string): Promise<Size> {
    const { imageSize, fit, input } = this.options
    // Fractions of an input that the image fills are fractions of that input.
    const known = imageSize ?? (fit === 'none' ? input : undefined)
    if (known) return known
    if (name !== undefined) return measured(name, this.imagesIn, file)
    const what = `no image of this name is in ${quoted(this.imagesIn)}, whose size its fractions need`
    return refuse('E_IMAGE', file, what, 'give --images DIR, or --image-size HxW for all')
  }
}

/** Rows of Darknet and Ultralytics, a file for each image. */
export const yolo: Format = {
  name: 'YOLO labels',
  looks: `YOLO labels (a folder)            DIR/${labels}/*.txt with rows class cx cy w h, fractions of DIR/${images}/*`,
  claims: ({ path, head, entries }) =>
    head.length === 0 &&
    (entries.includes(labels) || entries.some(isLabels) || isFolder(beside(path, images, labels) ?? '')),
  async read(place, options) {
    const reader = new Reader(place, options)
    const stems = chosenFiles(reader.stems, options, place.path)
    const all = new Listing()
    const pace = paceOf(options.progress, stems.length, `images of ${place.path}`)
    for (const [i, stem] of stems.entries()) {
      all.add(await reader.imageOf(stem))
      await pace(i)
    }
    return { annotations: all, fit: 'letterbox', padded: false, imagesIn: reader.imagesIn }
  },
}
