import { orientationOf, shown, tiffOf } from './exif.js'
import type { ImageFormat } from './format.js'

/** Frame headers: SOF0 to SOF15 without the four markers between them that mean other things. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

const app1 = 0xe1

/** Segments follow each other, each with its length, until the frame header tells the size. */
export const jpeg: ImageFormat = {
  name: 'JPEG',
  extensions: ['.jpg', '.jpeg'],
  sizeOf(bytes) {
    if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined
    let orientation: number | undefined
    let at = 2
    while (at + 9 <= bytes.length && bytes[at] === 0xff) {
      const marker = bytes[at + 1] as number
      const length = bytes.readUInt16BE(at + 2)
      if (isFrame(marker)) return shown([bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)], orientation)
      const exif = marker === app1 ? tiffOf(bytes.subarray(at + 4, at + 2 + length), 'always') : undefined
      if (exif) orientation ??= orientationOf(exif)
      // Markers may be padded with any number of 0xff.
      at += marker === 0xff ? 1 : 2 + length
    }
    return undefined
  },
}
