import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { imageExtensions, imageSize, readImageSize } from '../../../src/io/images/size.js'
import {
  app,
  bmp,
  exif,
  frame,
  jpeg,
  png,
  pngChunk,
  riff,
  tables,
  tiff,
  vp8,
  vp8l,
  vp8x,
} from '../../support/images.js'
import { scratch } from '../../verify/cases.js'

const orientations = Array.from({ length: 8 }, (_, i) => i + 1)

describe('the size of an image', () => {
  it('is read from the header of a PNG', () => {
    expect(imageSize(png(480, 640), 'a.png')).toEqual([480, 640])
  })
  it('is read from the frame of a JPEG, behind other segments and padding', () => {
    expect(imageSize(jpeg(app, tables, Buffer.of(0xff), frame(300, 400)), 'a.jpg')).toEqual([300, 400])
  })
  it.each([
    ['lossy', riff(vp8(300, 400))],
    ['lossless', riff(vp8l(300, 400))],
    ['extended', riff(vp8x(300, 400, 0))],
  ])('is read from a WebP: %s', (_, bytes) => {
    expect(imageSize(bytes, 'a.webp')).toEqual([300, 400])
  })
  it.each([
    ['of Windows', bmp(300, 400)],
    ['of Windows, from top to bottom', bmp(-300, 400)],
    ['of OS/2', bmp(300, 400, 12)],
  ])('is read from a BMP %s', (_, bytes) => {
    expect(imageSize(bytes, 'a.bmp')).toEqual([300, 400])
  })
  it.each([
    ['a GIF', Buffer.from('GIF89a')],
    ['nothing', Buffer.alloc(0)],
    ['a JPEG cut off before its frame', jpeg(app)],
    ['a JPEG cut off in its frame', jpeg(app, frame(300, 400).subarray(0, 6))],
    ['a PNG cut off', png(480, 640).subarray(0, 20)],
    ['a PNG of no size', png(0, 0)],
    ['a WebP cut off', riff(vp8(300, 400)).subarray(0, 26)],
    ['a WebP without start code', riff(Buffer.concat([vp8(300, 400).subarray(0, 11), Buffer.alloc(9)]))],
    ['a RIFF of sound', riff(vp8(300, 400), 'WAVE')],
    ['a BMP cut off', bmp(300, 400).subarray(0, 25)],
    ['a BMP of no width', bmp(300, 0)],
  ])('is not known for %s', (_, bytes) => {
    expect(() => imageSize(bytes, 'a.xyz')).toThrow('a.xyz: the size of this image is not known')
  })
})

describe('the EXIF orientation', () => {
  const ways: readonly [string, (orientation: number, little: boolean) => Buffer][] = [
    ['JPEG', (o, little) => jpeg(exif(tiff(o, little)), app, frame(300, 400))],
    ['PNG', (o, little) => Buffer.concat([png(300, 400), pngChunk('eXIf', tiff(o, little))])],
    ['WebP', (o, little) => riff(vp8x(300, 400, 8, tiff(o, little)))],
  ]
  it.each(ways)('of a %s exchanges width and height from 5 on, in either byte order', (_, make) => {
    for (const little of [true, false]) {
      const sizes = orientations.map((o) => imageSize(make(o, little), 'a'))
      expect(sizes).toEqual(orientations.map((o) => (o < 5 ? [300, 400] : [400, 300])))
    }
  })

  it('that is none means upright', () => {
    for (const odd of [
      tiff(0, true),
      tiff(9, true),
      tiff(6, true, 4),
      tiff(6, true).subarray(0, 12),
      Buffer.from('II'),
    ])
      expect(imageSize(jpeg(exif(odd), frame(300, 400)), 'a.jpg')).toEqual([300, 400])
  })

  it('is that of the first EXIF segment, and of none that only looks like one', () => {
    const others = [exif(tiff(1, true)), exif(tiff(6, true))]
    expect(imageSize(jpeg(...others, frame(300, 400)), 'a.jpg')).toEqual([300, 400])
    const xmp = Buffer.concat([Buffer.of(0xff, 0xe1, 0, 4), Buffer.from('xm')])
    expect(imageSize(jpeg(xmp, exif(tiff(6, true)), frame(300, 400)), 'a.jpg')).toEqual([400, 300])
  })
})

describe('an image file', async () => {
  const root = await scratch()
  const sizeOf = async (name: string, bytes: Buffer) => {
    await writeFile(join(root, name), bytes)
    return readImageSize(join(root, name), name)
  }
  const long = Buffer.alloc(2 ** 17)

  it('is read on behind its first 64 KiB where the size or orientation stands there', async () => {
    const segments = Array.from({ length: 3 }, () =>
      Buffer.concat([Buffer.of(0xff, 0xe2, 0xff, 0xff), Buffer.alloc(65533)]),
    )
    expect(await sizeOf('a.jpg', jpeg(...segments, exif(tiff(6, false)), frame(300, 400)))).toEqual([400, 300])
    expect(await sizeOf('a.webp', riff(vp8x(300, 400, 8, tiff(8, true), long)))).toEqual([400, 300])
    const chunks = [pngChunk('iCCP', long), pngChunk('eXIf', tiff(6, true)), pngChunk('IDAT', long)]
    expect(await sizeOf('a.png', Buffer.concat([png(300, 400), ...chunks]))).toEqual([400, 300])
  })

  it('that is none is refused by its name', async () => {
    await expect(sizeOf('a.gif', Buffer.from('GIF89a'))).rejects.toThrow('a.gif: the size of this image is not known')
    await expect(sizeOf('empty.jpg', Buffer.alloc(0))).rejects.toThrow('the file is empty')
  })

  it('may have the ending of any format that is read', () => {
    expect(imageExtensions).toEqual(['.jpg', '.jpeg', '.png', '.webp', '.bmp'])
  })
})
