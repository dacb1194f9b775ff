import { refuse } from '../fault.js'
import { readBytes, readSize } from '../files/read.js'
import { readHead } from '../stream/pieces.js'
import { bmp } from './bmp.js'
import type { ImageFormat, Size } from './format.js'
import { jpeg } from './jpeg.js'
import { png } from './png.js'
import { webp } from './webp.js'

const formats: readonly ImageFormat[] = [jpeg, png, webp, bmp]

/** Ends of the names of images whose size can be read. */
export const imageExtensions: readonly string[] = formats.flatMap(({ extensions }) => extensions)

/** Whether a file has such a name. */
export const isImageName = (name: string): boolean => imageExtensions.some((end) => name.toLowerCase().endsWith(end))

function sizeIn(bytes: Uint8Array, whole: boolean): Size | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const { sizeOf } of formats) {
    const size = sizeOf(buffer, whole)
    if (size && size[0] > 0 && size[1] > 0) return size
  }
  return undefined
}

/**
 * Height and width in pixels of a JPEG, PNG, WebP or BMP image, from its header, as it is shown: an orientation of EXIF
 * that turns it by a quarter exchanges them.
 * @param file what to call it in messages
 * @throws InputError for any other file
 */
export function imageSize(bytes: Uint8Array, file: string): Size {
  const size = sizeIn(bytes, true)
  if (size) return size
  const names = formats.map(({ name }) => name)
  const remedy = `only ${names.slice(0, -1).join(', ')} and ${names.at(-1)} are read; give the size of all images instead`
  return refuse('E_IMAGE', file, 'the size of this image is not known', remedy)
}

/** Nearly every header is shorter, with the thumbnail that EXIF may hold. */
const headSize = 2 ** 16

/**
 * The same of a file, of which no more is read than its head where that is enough.
 * @throws InputError as `imageSize` and `readBytes`
 */
export async function readImageSize(path: string, file: string): Promise<Size> {
  const head = await readHead(path, headSize)
  return sizeIn(head, head.length === (await readSize(path))) ?? imageSize(await readBytes(path), file)
}
