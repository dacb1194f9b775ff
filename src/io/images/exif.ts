import type { Size } from './format.js'

/** As the pixels lie, which is also what an orientation that is none means. */
const upright = 1

const orientationTag = 0x0112
const shortType = 3

/**
 * The orientation that EXIF gives, 1 to 8.
 *
 * Source: Exif 2.32, 4.6.4 A, tag 274; TIFF 6.0, section 2, for the directory.
 * @param tiff from its byte order on
 */
export function orientationOf(tiff: Buffer): number {
  const order = tiff.toString('latin1', 0, 2)
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return upright
  const little = order === 'II'
  const short = (at: number): number =>
    at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)
  const start = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  for (let i = 0, at = start + 2; i < short(start) && at + 12 <= tiff.length; i++, at += 12) {
    if (short(at) !== orientationTag || short(at + 2) !== shortType) continue
    const value = short(at + 8)
    return value >= 1 && value <= 8 ? value : upright
  }
  return upright
}

/** The size as shown: from 5 on an orientation is a quarter turn, which exchanges width and height. */
export const shown = ([height, width]: Size, orientation = upright): Size =>
  orientation >= 5 ? [width, height] : [height, width]

/** What some writers put before the TIFF that EXIF is. */
const prefix = 'Exif\0\0'

/** The TIFF of EXIF data, or nothing where they must have the prefix and have not. */
export function tiffOf(data: Buffer, prefixed: 'always' | 'perhaps'): Buffer | undefined {
  if (data.toString('latin1', 0, prefix.length) === prefix) return data.subarray(prefix.length)
  return prefixed === 'perhaps' ? data : undefined
}
