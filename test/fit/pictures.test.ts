import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asPictures, framed } from '../../src/fit/pictures.js'
import { picture } from '../support/pictures.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const wide = join(root, 'wide.png')
await writeFile(wide, await picture(16, 32, () => [255, 51, 0]))
const input = [64, 64] as const
const red = [255, 51, 0] as const

/** The picture `[3,h,w]`, by channel, row and column. */
async function planes(fit: 'letterbox' | 'stretch', channelsFirst: boolean, white: 1 | 255 = 1) {
  const into = new Float32Array(3 * 64 * 64)
  const { whole, placed } = await framed(wide, into, input, channelsFirst, { fit, white })
  const at = (c: number, y: number, x: number) => into[channelsFirst ? (c * 64 + y) * 64 + x : (y * 64 + x) * 3 + c]
  return { whole, placed, pixel: (y: number, x: number) => [0, 1, 2].map((c) => at(c, y, x)) }
}

describe('a picture', () => {
  it.each([true, false])('is letterboxed with grey bars (channels first: %s)', async (channelsFirst) => {
    const { whole, placed, pixel } = await planes('letterbox', channelsFirst)
    expect([whole, placed]).toEqual([[16, 32], { size: [32, 64], at: [16, 0], scale: [2, 2] }])
    const grey = Math.fround(128 / 255)
    expect(pixel(15, 5)).toEqual([grey, grey, grey])
    expect(pixel(48, 5)).toEqual([grey, grey, grey])
    for (const y of [16, 47]) expect(pixel(y, 63)).toEqual(red.map((x) => Math.fround(x / 255)))
  })

  it('is stretched over all of it', async () => {
    const { placed, pixel } = await planes('stretch', true)
    expect(placed.scale).toEqual([4, 2])
    expect(pixel(0, 0)).toEqual(red.map((x) => Math.fround(x / 255)))
  })

  it('has numbers to 255 where the detector takes them', async () => {
    const { pixel } = await planes('letterbox', true, 255)
    expect([pixel(0, 0), pixel(20, 20)]).toEqual([[128, 128, 128], [...red]])
  })

  it('of an image that leaves nothing in it is refused', async () => {
    const line = join(root, 'line.png')
    await writeFile(line, await picture(1, 200, () => red))
    const work = framed(line, new Float32Array(3 * 64 * 64), input, true, { fit: 'letterbox', white: 1 })
    await expect(work).rejects.toMatchObject({ code: 'E_IMAGE', where: line })
  })
})

describe('an input', () => {
  const value = (shape: readonly (number | string)[], dtype = 'float32') =>
    asPictures({ name: 'x', dtype, shape } as never)

  it('is one of pictures by its three channels', () => {
    expect(value(['N', 3, 416, 608])).toEqual({ name: 'x', batch: undefined, size: [416, 608], channelsFirst: true })
    expect(value([2, 'h', 'w', 3])).toEqual({ name: 'x', batch: 2, size: undefined, channelsFirst: false })
  })

  it('of other ranks, channels and element types is none', () => {
    expect([value([1, 4, 8, 8]), value([3, 8, 8]), value([1, 3, 8, 8], 'uint8')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
