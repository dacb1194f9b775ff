import { type DetectorHead, findHeads, type HeadOptions, openDetector } from '../../detector/index.js'
import { diskFailed, InputError, listed, quoted, refuse, type Tensor } from '../../io/index.js'
import { openSession, type Session } from '../../runtime/index.js'
import { ConfigError, coarsestStride, type LossConfig } from '../../yolo/index.js'
import type { Place } from '../loop.js'
import { asPictures, type Framed, type Framing, framed, numbersOf, type PictureInput, type Size } from '../pictures.js'
import { decoded, type Head } from './decode.js'
import type { Found } from './found.js'
import { suppressed } from './suppress.js'

/** What counts as found. */
export interface Judged {
  /** Least score. */
  readonly score: number
  /** IoU above which the better of two boxes of a class stays. */
  readonly iou: number
  /** Most boxes of an image. */
  readonly most: number
}

/** A detector, and how it is to be asked. */
export interface Asked extends HeadOptions, Framing, Judged, Place {
  readonly file: string
  readonly folder?: string
  readonly config: LossConfig
  /** Height and width of its input, where it takes any. */
  readonly input?: Size | undefined
}

/** The one input of a detector, with its sizes. @throws InputError, and ConfigError where nobody tells them */
function pictureOf(inputs: readonly PictureInput[], names: readonly string[], { file, input }: Asked) {
  const [picture] = inputs
  if (!picture || names.length > 1) {
    const what = `takes ${listed(names)}, where one input of pictures [B,3,h,w] or [B,h,w,3] is expected`
    return refuse('E_PREDICT', file, what, 'a loss or a training step is taken off by yolo-loss detach')
  }
  const size = picture.size ?? input
  if (!size) throw new ConfigError('input', `is missing: ${file} takes pictures of any size`)
  if (input && picture.size && String(input) !== String(picture.size))
    throw new ConfigError('input', `is ${input.join('x')}, and ${file} takes ${picture.size.join('x')}`)
  if (size.every((side) => side % coarsestStride === 0)) return { ...picture, size }
  throw new ConfigError('input', `must be multiples of ${coarsestStride}, got ${size.join('x')}`)
}

/** Images of one run, where the detector takes any number. */
const usualBatch = 8

/** A detector that looks at images. */
export class Predictor {
  private constructor(
    readonly asked: Asked,
    readonly session: Session,
    readonly heads: readonly DetectorHead[],
    readonly picture: PictureInput & { readonly size: Size },
  ) {}

  /** @throws InputError for what is no detector with YOLO v3 heads among its outputs; as `openSession` */
  static async open(bytes: Uint8Array, asked: Asked): Promise<Predictor> {
    const { file, config, provider, strict } = asked
    const detector = openDetector(bytes, file, asked.folder)
    const { inputs, outputs } = detector.info
    const heads = findHeads(detector, config, asked)
    const hidden = heads.find(({ name }) => outputs.every((output) => output.name !== name))
    if (hidden)
      refuse('E_PREDICT', file, `head ${quoted(hidden.name)} is no output`, 'export it with its heads as outputs')
    const open = inputs.filter(({ name }) => !detector.initializers.has(name))
    const picture = pictureOf(
      open.flatMap((value) => asPictures(value) ?? []),
      open.map(({ name }) => name),
      asked,
    )
    return new Predictor(asked, await openSession(bytes, { file, provider, strict }), heads, picture)
  }

  /** How many images one run looks at. */
  get batch(): number {
    return this.picture.batch ?? usualBatch
  }

  /**
   * What is found in each of some images, in its own pixels, the highest score first; or why the image cannot be decoded.
   * @param paths as many as `batch` at most
   */
  async in(paths: readonly string[]): Promise<(readonly Found[] | InputError)[]> {
    const { picture, asked } = this
    const { size, channelsFirst, name } = picture
    // Of a fixed batch the other places stay empty.
    const batch = picture.batch ?? paths.length
    const data = new Float32Array(batch * numbersOf(size))
    const places = await Promise.all(
      paths.map((path, i) => {
        const own = data.subarray(i * numbersOf(size), (i + 1) * numbersOf(size))
        return framed(path, own, size, channelsFirst, asked).catch((error: unknown) => {
          if (error instanceof InputError && !diskFailed(error)) return error
          throw error
        })
      }),
    )
    const shape = channelsFirst ? [batch, 3, ...size] : [batch, ...size, 3]
    const outputs = await this.session.run({ [name]: { dtype: 'float32', shape, data } })
    const heads = this.heads.map((head, l) => this.#headOf(head, l, batch, outputs))
    return places.map((place, image) => (place instanceof InputError ? place : this.#foundIn(heads, image, place)))
  }

  #foundIn(heads: readonly Head[], image: number, place: Framed): Found[] {
    const { config, score, iou, most } = this.asked
    const found = heads.flatMap((head, l) => decoded(head, image, l, config, this.picture.size, score))
    return suppressed(found, iou, most).map((one) => inImage(one, place))
  }

  #headOf({ name, layout, grid }: DetectorHead, l: number, batch: number, outputs: ReadonlyMap<string, Tensor>): Head {
    const { data, dtype } = outputs.get(name) as Tensor
    if (dtype === 'float16')
      refuse('E_PREDICT', this.asked.file, `head ${quoted(name)} is float16`, 'export it as float32')
    const stride = coarsestStride / 2 ** l
    const [height, width] = this.picture.size
    const sized = (side: unknown, pixels: number) => (typeof side === 'number' ? side : pixels / stride)
    return { layout, batch, rows: sized(grid.h, height), columns: sized(grid.w, width), data: data as Float32Array }
  }

  /** Frees the session. */
  close(): Promise<void> {
    return this.session.release()
  }
}

/** A box in pixels of its image, cut to it. Source: keras-yolo3, `yolo_correct_boxes`. */
function inImage({ box, ...found }: Found, { whole, placed }: Framed): Found {
  const [[height, width], [top, left], [sy, sx]] = [whole, placed.at, placed.scale]
  const x = (at: number) => Math.min(Math.max((at - left) / sx, 0), width)
  const y = (at: number) => Math.min(Math.max((at - top) / sy, 0), height)
  const [x1, y1, x2, y2] = box
  return { ...found, box: [x(x1), y(y1), x(x2), y(y2)] }
}
