import { refuse } from '../fault.js'

type Size = readonly [height: number, width: number]

function pngSize(bytes: Buffer): Size | undefined {
  const isPng =
    bytes.length >= 24 && bytes.readUInt32BE(0) === 0x89504e47 && bytes.toString('latin1', 12, 16) === 'IHDR'
  return isPng ? [bytes.readUInt32BE(20), bytes.readUInt32BE(16)] : undefined
}

/** Frame headers of JPEG: SOF0 to SOF15 without the four markers between them that mean other things. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

/** Segments follow each other, each with its length, until the frame header tells the size. */
function jpegSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined
  let at = 2
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] as number
    if (isFrame(marker)) return [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)]
    // Markers may be padded with any number of 0xff.
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

/**
 * Height and width of a PNG or JPEG image in pixels, from its header.
 * @param file what to call it in messages
 * @throws InputError for any other file
 */
export function imageSize(bytes: Uint8Array, file: string): Size {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = pngSize(buffer) ?? jpegSize(buffer)
  if (size && size[0] > 0 && size[1] > 0) return size
  const remedy = 'only PNG and JPEG are read; give the size of all images instead'
  return refuse('E_IMAGE', file, 'the size of this image is not known', remedy)
}
