import { orientationOf, shown, tiffOf } from './exif.js'
import type { ImageFormat, Size } from './format.js'

const signature = 0x89504e47

/** The orientation of the chunk eXIf, which stands before the pixels; nothing where that is still to be read. */
function orientationIn(bytes: Buffer, whole: boolean): number | undefined {
  for (let at = 8; at + 8 <= bytes.length; ) {
    const [length, type] = [bytes.readUInt32BE(at), bytes.toString('latin1', at + 4, at + 8)]
    if (type === 'IDAT') return 1
    const data = bytes.subarray(at + 8, at + 8 + length)
    if (type === 'eXIf' && (whole || data.length === length)) return orientationOf(tiffOf(data, 'perhaps') as Buffer)
    at += 12 + length
  }
  return whole ? 1 : undefined
}

/** The first chunk tells the size. */
export const png: ImageFormat = {
  name: 'PNG',
  extensions: ['.png'],
  sizeOf(bytes, whole) {
    if (bytes.length < 24 || bytes.readUInt32BE(0) !== signature) return undefined
    if (bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined
    const size: Size = [bytes.readUInt32BE(20), bytes.readUInt32BE(16)]
    const orientation = orientationIn(bytes, whole)
    return orientation === undefined ? undefined : shown(size, orientation)
  },
}
