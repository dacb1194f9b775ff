/** Headers of images, as far as a size is read from them. */

const be16 = (x: number): Buffer => Buffer.of(x >> 8, x & 255)

function u32(x: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(4)
  if (little) bytes.writeInt32LE(x)
  else bytes.writeInt32BE(x)
  return bytes
}

export const pngChunk = (type: string, data: Buffer): Buffer =>
  Buffer.concat([u32(data.length, false), Buffer.from(type, 'latin1'), data, Buffer.alloc(4)])

export const png = (height: number, width: number): Buffer =>
  Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', Buffer.concat([u32(width, false), u32(height, false), Buffer.from('0802000000', 'hex')])),
  ])

/** The segment of JFIF. */
export const app = Buffer.from('ffe000104a46494600010100000100010000', 'hex')

/** A segment that is no frame, although its marker is near. */
export const tables = Buffer.from('ffc400040102', 'hex')

export const frame = (height: number, width: number): Buffer =>
  Buffer.concat([
    Buffer.from('ffc0001108', 'hex'),
    be16(height),
    be16(width),
    Buffer.from('03012200021101031101', 'hex'),
  ])

export const jpeg = (...parts: readonly Buffer[]): Buffer => Buffer.concat([Buffer.of(0xff, 0xd8), ...parts])

/** TIFF with another tag before the orientation. @param type of its value, 3 in good files */
export function tiff(orientation: number, little: boolean, type = 3): Buffer {
  const u16 = (x: number) => (little ? Buffer.of(x & 255, x >> 8) : be16(x))
  const entry = (tag: number, kind: number, value: number) =>
    Buffer.concat([u16(tag), u16(kind), u32(1, little), u16(value), u16(0)])
  const head = [Buffer.from(little ? 'II' : 'MM'), u16(42), u32(8, little), u16(2)]
  return Buffer.concat([...head, entry(0x0100, 3, 7), entry(0x0112, type, orientation), u32(0, little)])
}

/** The segment of a JPEG that holds EXIF. */
export const exif = (data: Buffer): Buffer =>
  Buffer.concat([Buffer.of(0xff, 0xe1), be16(data.length + 8), Buffer.from('Exif\0\0', 'latin1'), data])

const chunk = (name: string, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from(name, 'latin1'), u32(data.length, true), data, Buffer.alloc(data.length % 2)])

export const riff = (chunks: Buffer, kind = 'WEBP'): Buffer =>
  Buffer.concat([Buffer.from('RIFF'), u32(chunks.length + 4, true), Buffer.from(kind), chunks])

export function vp8(height: number, width: number): Buffer {
  const sides = Buffer.alloc(4)
  sides.writeUInt16LE(width, 0)
  sides.writeUInt16LE(height | 0x4000, 2)
  return chunk('VP8 ', Buffer.concat([Buffer.from('100000', 'hex'), Buffer.from('9d012a', 'hex'), sides]))
}

export const vp8l = (height: number, width: number): Buffer =>
  chunk('VP8L', Buffer.concat([Buffer.of(0x2f), u32((width - 1) | ((height - 1) << 14), true), Buffer.alloc(6)]))

/** @param exifData stands behind pixels, if there are some */
export function vp8x(height: number, width: number, flags: number, exifData?: Buffer, pixels?: Buffer): Buffer {
  const sides = Buffer.alloc(6)
  sides.writeUIntLE(width - 1, 0, 3)
  sides.writeUIntLE(height - 1, 3, 3)
  const head = chunk('VP8X', Buffer.concat([Buffer.of(flags, 0, 0, 0), sides]))
  return Buffer.concat([
    head,
    ...(pixels ? [chunk('VP8 ', pixels)] : []),
    ...(exifData ? [chunk('EXIF', exifData)] : []),
  ])
}

/** @param header its length: 12 for that of OS/2 */
export function bmp(height: number, width: number, header = 40): Buffer {
  const bytes = Buffer.alloc(14 + header)
  bytes.write('BM', 'latin1')
  bytes.writeUInt32LE(header, 14)
  if (header === 12) {
    bytes.writeUInt16LE(width, 18)
    bytes.writeUInt16LE(height, 20)
  } else {
    bytes.writeInt32LE(width, 18)
    bytes.writeInt32LE(height, 22)
  }
  return bytes
}
