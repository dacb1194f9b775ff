import { readPixels, refuse, sizeOf } from '../io/index.js'
import type { ModelValue } from '../onnx/index.js'
import { type Fit, type Placed, placedIn } from '../yolo/index.js'

export type Size = readonly [height: number, width: number]

/** The pictures that a network takes. */
export interface PictureInput {
  readonly name: string
  /** Undefined where any number may come. */
  readonly batch: number | undefined
  /** Undefined where pictures may have any. */
  readonly size: Size | undefined
  /** `[B,3,h,w]`, else `[B,h,w,3]`. */
  readonly channelsFirst: boolean
}

const known = (dim: number | string | undefined): number | undefined => (typeof dim === 'number' ? dim : undefined)

/** An input as one of pictures, where it is one: float32, of rank 4, with three channels. */
export function asPictures({ name, dtype, shape = [] }: ModelValue): PictureInput | undefined {
  const [batch, a, b, c] = shape
  if (dtype !== 'float32' || shape.length !== 4 || (a !== 3 && c !== 3)) return undefined
  const [height, width] = (a === 3 ? [b, c] : [a, b]).map(known)
  const size: Size | undefined = height === undefined || width === undefined ? undefined : [height, width]
  return { name, batch: known(batch), size, channelsFirst: a === 3 }
}

/** How images become pictures. */
export interface Framing {
  readonly fit: Fit
  /** What white is: networks take pixels from 0 to 1, or to 255. */
  readonly white: 1 | 255
}

/** The bars beside a letterboxed image, of 0 to 255. Source: keras-yolo3, `yolo3/utils.py`, `get_random_data`. */
const grey = 128

/** What a picture has of bytes. */
export const numbersOf = ([height, width]: Size): number => 3 * height * width

/** An image as it stands in a picture, and how large it is by itself. */
export interface Framed {
  readonly whole: Size
  readonly placed: Placed
}

/**
 * Writes the picture of an image: letterboxed, with grey bars, scaled to 0…white.
 * @param into `3·h·w` numbers
 * @throws InputError as `readPixels`, and for images without a pixel in the picture
 */
export async function framed(
  path: string,
  into: Float32Array,
  input: Size,
  channelsFirst: boolean,
  { fit, white }: Framing,
): Promise<Framed> {
  const inside = (whole: Size): Size => {
    const { size } = placedIn(fit, whole, input)
    if (size.every((side) => side >= 1)) return size
    const what = `the image is ${whole[1]} wide and ${whole[0]} high: of ${input.join('×')} it leaves nothing`
    return refuse('E_IMAGE', path, what, 'leave it out, or give --fit stretch')
  }
  const { whole, size, data } = await readPixels(path, inside)
  const placed = placedIn(fit, whole, input)
  const factor = white / 255
  into.fill(grey * factor)
  const [step, plane] = channelsFirst ? [1, sizeOf(input)] : [3, 1]
  for (let row = 0, from = 0; row < size[0]; row++) {
    let to = ((row + placed.at[0]) * input[1] + placed.at[1]) * step
    for (let column = 0; column < size[1]; column++, to += step)
      for (let channel = 0; channel < 3; channel++, from++) into[to + channel * plane] = (data[from] as number) * factor
  }
  return { whole, placed }
}
