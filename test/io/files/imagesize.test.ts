import { describe, expect, it } from 'vitest'
import { imageSize } from '../../../src/io/files/imagesize.js'

const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000280000001e00802000000', 'hex')
const app = Buffer.from('ffe000104a46494600010100000100010000', 'hex')
const tables = Buffer.from('ffc4000401020000', 'hex').subarray(0, 6)
const frame = Buffer.from('ffc0001108012c019003012200021101031101', 'hex')
const jpeg = (...parts: Buffer[]) => Buffer.concat([Buffer.of(0xff, 0xd8), ...parts])

describe('the size of an image', () => {
  it('is read from the header of a PNG', () => {
    expect(imageSize(png, 'a.png')).toEqual([480, 640])
  })
  it('is read from the frame of a JPEG, behind other segments and padding', () => {
    expect(imageSize(jpeg(app, tables, Buffer.of(0xff), frame), 'a.jpg')).toEqual([300, 400])
  })
  it.each([
    ['a GIF', Buffer.from('GIF89a')],
    ['nothing', Buffer.alloc(0)],
    ['a JPEG cut off before its frame', jpeg(app)],
    ['a JPEG cut off in its frame', jpeg(app, frame.subarray(0, 6))],
    ['a PNG cut off', png.subarray(0, 20)],
    ['a PNG of no size', Buffer.concat([png.subarray(0, 16), Buffer.alloc(8)])],
  ])('is not known for %s', (_, bytes) => {
    expect(() => imageSize(bytes, 'a.xyz')).toThrow('a.xyz: the size of this image is not known')
  })
})
