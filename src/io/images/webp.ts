import { orientationOf, shown, tiffOf } from './exif.js'
import type { ImageFormat, Size } from './format.js'

/** Where the data of the first chunk begin, behind RIFF, WEBP, its name and its length. */
const data = 20

const hasExif = 0x08
const startCode = 0x2a019d
const losslessSignature = 0x2f
const side = 0x3fff

/** By the name of the first chunk: the size in its data. Source: RFC 9649, 2.5 to 2.7; RFC 6386, 9.1. */
const firstChunk: Readonly<Record<string, (bytes: Buffer) => Size | undefined>> = {
  'VP8 ': (bytes) =>
    bytes.readUIntLE(data + 3, 3) === startCode
      ? [bytes.readUInt16LE(data + 8) & side, bytes.readUInt16LE(data + 6) & side]
      : undefined,
  VP8L: (bytes) => {
    const bits = bytes.readUInt32LE(data + 1)
    return bytes[data] === losslessSignature ? [((bits >>> 14) & side) + 1, (bits & side) + 1] : undefined
  },
  VP8X: (bytes) => [bytes.readUIntLE(data + 7, 3) + 1, bytes.readUIntLE(data + 4, 3) + 1],
}

/** The orientation of the chunk EXIF, which stands behind the pixels; nothing where that is still to be read. */
function orientationIn(bytes: Buffer, whole: boolean): number | undefined {
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4)
    const chunk = bytes.subarray(at + 8, at + 8 + length)
    const isExif = bytes.toString('latin1', at, at + 4) === 'EXIF'
    if (isExif && (whole || chunk.length === length)) return orientationOf(tiffOf(chunk, 'perhaps') as Buffer)
    // Chunks begin at even places.
    at += 8 + length + (length % 2)
  }
  return whole ? 1 : undefined
}

/** A RIFF file, whose first chunk tells the size. */
export const webp: ImageFormat = {
  name: 'WebP',
  extensions: ['.webp'],
  sizeOf(bytes, whole) {
    const isWebp = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP'
    if (!isWebp || bytes.length < data + 10) return undefined
    const name = bytes.toString('latin1', 12, 16)
    const size = Object.hasOwn(firstChunk, name) ? firstChunk[name]?.(bytes) : undefined
    if (!size || name !== 'VP8X' || ((bytes[data] as number) & hasExif) === 0) return size
    const orientation = orientationIn(bytes, whole)
    return orientation === undefined ? undefined : shown(size, orientation)
  },
}
