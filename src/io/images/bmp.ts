import type { ImageFormat } from './format.js'

/** The length of the header that OS/2 1.x writes, with sides of 16 bits. */
const coreHeader = 12

/** The header behind that of the file tells the size; a negative height means rows from top to bottom. */
export const bmp: ImageFormat = {
  name: 'BMP',
  extensions: ['.bmp'],
  sizeOf(bytes) {
    if (bytes.length < 26 || bytes.toString('latin1', 0, 2) !== 'BM') return undefined
    const header = bytes.readUInt32LE(14)
    if (header === coreHeader) return [bytes.readUInt16LE(20), bytes.readUInt16LE(18)]
    return header > coreHeader ? [Math.abs(bytes.readInt32LE(22)), bytes.readInt32LE(18)] : undefined
  },
}
