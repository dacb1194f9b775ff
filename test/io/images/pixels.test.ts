import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { drawMarks, readPixels } from '../../../src/io/images/pixels.js'
import { picture } from '../../support/pictures.js'
import { scratch } from '../../verify/cases.js'

const root = await scratch()
const at = (name: string) => join(root, name)
const same = (size: readonly [number, number]) => size
const left: readonly number[] = [200, 10, 20]
const right: readonly number[] = [30, 40, 250]
const halves = await picture(6, 8, (_, x) => (x < 4 ? left : right))

/** Rows of pixels. */
async function pixelsOf(name: string, bytes: Uint8Array) {
  await writeFile(at(name), bytes)
  const { whole, size, data } = await readPixels(at(name), same)
  const pixel = (y: number, x: number) => [...data.subarray((y * size[1] + x) * 3, (y * size[1] + x) * 3 + 3)]
  return { whole, size, pixel }
}

describe('readPixels', () => {
  it('gives red, green and blue of each pixel, from the top left', async () => {
    const { whole, pixel } = await pixelsOf('halves.png', halves)
    expect([whole, pixel(0, 0), pixel(5, 7)]).toEqual([[6, 8], left, right])
  })

  it.each([
    ['grey', sharp(halves).toColourspace('b-w').png()],
    ['palette', sharp(halves).png({ palette: true })],
    ['16 bits', sharp(halves).toColourspace('rgb16').png()],
    ['transparent', sharp(halves).ensureAlpha(0.5).png()],
    ['WebP', sharp(halves).webp({ lossless: true })],
  ])('reads an image that is %s', async (name, image) => {
    const { whole, pixel } = await pixelsOf(`${name}.png`, await image.toBuffer())
    expect([whole, pixel(0, 0).length]).toEqual([[6, 8], 3])
    if (name !== 'grey')
      for (const [i, x] of pixel(0, 0).entries()) expect(Math.abs(x - (left[i] as number))).toBeLessThan(3)
  })

  it('turns an image as its orientation says', async () => {
    const turned = await sharp(halves)
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation: 6 })
      .toBuffer()
    const { whole, pixel } = await pixelsOf('turned.jpg', turned)
    expect(whole).toEqual([8, 6])
    expect((pixel(0, 0)[0] as number) > 150 && (pixel(7, 0)[2] as number) > 150).toBe(true)
  })

  it('scales it to the size that is asked for', async () => {
    await writeFile(at('scaled.png'), halves)
    const { whole, size, data } = await readPixels(at('scaled.png'), ([h, w]) => [2 * h, 3 * w])
    expect([whole, size, data.length, [...data.subarray(0, 3)]]).toEqual([[6, 8], [12, 24], 3 * 12 * 24, left])
  })

  it.each([
    ['text', Buffer.from('no image at all')],
    ['cut', halves.subarray(0, halves.length - 30)],
    ['empty', Buffer.alloc(0)],
  ])('refuses a file that is %s', async (name, bytes) => {
    await writeFile(at(name), bytes)
    await expect(readPixels(at(name), same)).rejects.toMatchObject({ code: 'E_IMAGE', where: at(name), exitCode: 3 })
  })

  it('refuses an image that claims more pixels than memory should hold', async () => {
    await writeFile(at('wide.png'), await sharp({ create: { width: 70000, height: 1, channels: 3, background: '#000' } }).png().toBuffer()) // biome-ignore format: one line
    await expect(readPixels(at('wide.png'), same)).rejects.toMatchObject({ code: 'E_IMAGE', what: expect.stringContaining('70000 wide and 1 high, more than 65535 a side') }) // biome-ignore format: one line
  })

  it('refuses a file that is not there', async () => {
    await expect(readPixels(at('none'), same)).rejects.toMatchObject({ code: 'E_FILE' })
  })
})

describe('drawMarks', () => {
  it('draws boxes with words that need care, and leaves the rest as it was', async () => {
    await writeFile(at('plain.png'), await picture(60, 80, () => [0, 0, 0]))
    const mark = { left: 20, top: 30, right: 60, bottom: 50, text: '<&\u0007 "x"', colour: '#ff0000' }
    await writeFile(at('drawn.png'), await drawMarks(at('plain.png'), [mark]))
    const { data, size } = await readPixels(at('drawn.png'), same)
    const red = (y: number, x: number) => data[(y * size[1] + x) * 3] as number
    expect([size, red(50, 40) > 100, red(40, 40), red(5, 5)]).toEqual([[60, 80], true, 0, 0])
  })
})
