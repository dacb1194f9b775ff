import { diskFailed, isForeseen, refuse, type Tensor } from '../io/index.js'
import { assignTargets, boxesName, boxNumbers, type LossConfig, ofScale, whyNotLearnt } from '../yolo/index.js'
import { type Framing, framed, numbersOf, type PictureInput, type Size } from './pictures.js'

/** Images with their boxes in pixels of the network input. */
export interface DataSet {
  readonly images: number
  /** The file of an image. */
  pathOf(image: number): string
  /** Height and width by which its boxes were scaled; undefined where they were not. */
  sizeOf(image: number): Size | undefined
  /** Why an image is of no use, where that is known beforehand. */
  whyUnusable(image: number): string | undefined
  /** How many boxes an image has. */
  countOf(image: number): number
  /** Rows `x1 y1 x2 y2 class` of an image, one after another. */
  rowsOf(image: number): Float32Array
  /** What to call a box in messages. */
  placeOf(image: number, row: number): string
}

/** Hears of an image or a box that is left out, and why; throws where nothing may be. */
export type Complain = (where: string, why: string) => void

/** What a batch is made for. */
export interface Wanted extends Framing {
  readonly picture: PictureInput & { readonly size: Size; readonly batch: number }
  readonly config: LossConfig
  /** Rows of boxes an image has in the input of boxes; 0 where labels are dense. */
  readonly rows: number
  readonly complain: Complain
}

/** Pictures and labels by the names of the inputs. */
export interface Batch {
  readonly feeds: Readonly<Record<string, Tensor>>
  /** The dense labels of each scale, whatever the inputs are. */
  readonly labels: readonly Tensor<'float32'>[]
}

/** The boxes of an image that are learnt. */
function learnt(data: DataSet, image: number, { picture, config, complain }: Wanted): Float32Array[] {
  const all = data.rowsOf(image)
  return Array.from({ length: data.countOf(image) }, (_, row) => {
    const box = all.subarray(row * boxNumbers, (row + 1) * boxNumbers)
    const why = whyNotLearnt(box, picture.size, config)
    if (why !== undefined) complain(data.placeOf(image, row), why)
    return why === undefined ? [box] : []
  }).flat()
}

/** Makes batches of images, in whatever order. */
export class Batches {
  /** Images that could not be decoded. */
  readonly #broken = new Set<number>()

  constructor(
    readonly data: DataSet,
    readonly wanted: Wanted,
  ) {}

  /**
   * The batch of some images. In the place of one that cannot be decoded stands the next of the data set that can.
   * @throws InputError where none can
   */
  async of(images: readonly number[]): Promise<Batch> {
    const { picture } = this.wanted
    const { size, channelsFirst, name } = picture
    const pixels = new Float32Array(images.length * numbersOf(size))
    const places = images.map((image, i) => this.#placed(image, pixels.subarray(i * numbersOf(size), (i + 1) * numbersOf(size)))) // biome-ignore format: one line
    const shown = await Promise.all(places)
    const shape = channelsFirst ? [images.length, 3, ...size] : [images.length, ...size, 3]
    const boxes = shown.map((image) => learnt(this.data, image, this.wanted))
    return this.#labelled({ [name]: { dtype: 'float32', shape, data: pixels } }, boxes)
  }

  /** Writes the picture of an image, or of the next that can be decoded, and says which. */
  async #placed(first: number, into: Float32Array): Promise<number> {
    const { data, wanted } = this
    const { picture, complain } = wanted
    for (let i = 0; i < data.images; i++) {
      const image = (first + i) % data.images
      if (this.#broken.has(image)) continue
      try {
        const why = data.whyUnusable(image)
        if (why !== undefined) refuse('E_IMAGE', data.pathOf(image), why)
        const { whole } = await framed(data.pathOf(image), into, picture.size, picture.channelsFirst, wanted)
        const said = data.sizeOf(image)
        if (said && String(said) !== String(whole))
          refuse(
            'E_IMAGE',
            data.pathOf(image),
            `it is ${whole[1]}×${whole[0]}, and its boxes are those of ${said[1]}×${said[0]}`,
          )
        return image
      } catch (error) {
        if (!isForeseen(error) || error.kind !== 'input' || diskFailed(error)) throw error
        this.#broken.add(image)
        complain(error.where, error.what)
      }
    }
    return refuse('E_IMAGE', data.pathOf(first), `none of the ${data.images} images can be decoded`)
  }

  #labelled(pictures: Batch['feeds'], boxes: readonly (readonly Float32Array[])[]): Batch {
    const { picture, config, rows } = this.wanted
    const most = Math.max(rows, 1, ...boxes.map((own) => own.length))
    const table = { dtype: 'float32', shape: [boxes.length, most, boxNumbers], data: new Float32Array(boxes.length * most * boxNumbers) } as const // biome-ignore format: one line
    for (const [image, own] of boxes.entries())
      for (const [row, box] of own.entries()) table.data.set(box, (image * most + row) * boxNumbers)
    const labels = assignTargets(table, picture.size, config)
    const inputs =
      config.labels === 'dense'
        ? Object.fromEntries(labels.map((y, l) => [ofScale('y_true', l), y]))
        : { [boxesName]: config.labels === 'boxes' ? table : withObjectness(table) }
    return { feeds: { ...pictures, ...inputs }, labels }
  }
}

/** `[B,T,5]` as `[B,T,6]`: a box counts fully, a row of zeros not at all. */
function withObjectness({ shape, data }: Tensor<'float32'>): Tensor<'float32'> {
  const [batch, rows] = shape as [number, number, number]
  const wide = new Float32Array(batch * rows * (boxNumbers + 1))
  for (let i = 0; i < batch * rows; i++) {
    const box = data.subarray(i * boxNumbers, (i + 1) * boxNumbers)
    wide.set(box, i * (boxNumbers + 1))
    wide[i * (boxNumbers + 1) + boxNumbers] = box.some((x) => x !== 0) ? 1 : 0
  }
  return { dtype: 'float32', shape: [batch, rows, boxNumbers + 1], data: wide }
}

/**
 * Refuses a data set with an image that has more boxes than the step has rows, which would be lost.
 * @throws InputError naming it
 */
export function refuseTooMany(data: DataSet, rows: number, file: string): void {
  for (let image = 0; image < data.images; image++) {
    const count = data.countOf(image)
    if (count <= rows) continue
    const what = `the image has ${count} boxes, and ${file} room for ${rows}`
    refuse('E_BOXES', data.placeOf(image, rows), what, `attach with --max-boxes ${count}, or leave the image out`)
  }
}
