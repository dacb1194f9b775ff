import { describe, expect, it } from 'vitest'
import { Random } from '../../../src/io/random.js'
import { evaluate } from '../../../src/runtime/evaluate.js'
import { centreTable, sizeFractions } from '../../../src/yolo/assignment/narrow/fractions.js'
import { presets } from '../../../src/yolo/config/presets.js'
import type { Setting } from '../../support/boxes.js'
import { narrowGrids } from '../../support/narrow.js'
import { differing } from '../../support/targets.js'

const coco: Setting = { ...presets['yolov3-coco'], classes: 2, input: [64, 96] }

/** Pairs of sides divided by the graph, for an input as wide as high. */
async function fractionsOf(side: number, pixels: Float32Array): Promise<Float32Array> {
  const grids = narrowGrids({ ...coco, input: [side, side] })
  const shape = [pixels.length / 2, 2]
  const given = grids.graph.input('pixels', 'float32', shape)
  const { data } = await evaluate(sizeFractions(given, grids), { pixels: { dtype: 'float32', shape, data: pixels } })
  return data
}

const quotients = (side: number, pixels: Float32Array): Float32Array => pixels.map((p) => p / side)

/** A number m·2ˢ, m of 24 bits, whose quotient by an odd number lies 1/(2·odd) beside n + ½, n of 24 bits. */
function nearMiddle(odd: number, random: Random): number {
  for (;;) {
    const [shift, side] = [random.integer(0, 7), random.pick([-1, 1])]
    const from = random.integer(2 ** 23, 2 ** 24 - 1 - odd)
    for (let m = from; m < from + odd; m++) {
      const p = m * 2 ** shift
      if ((2 * p + side) % odd === 0 && p / odd >= 2 ** 23 && p / odd < 2 ** 24) return p
    }
  }
}

describe('fractions out of products of float32 numbers', () => {
  it('of all sizes in steps of 1/8 pixel are the quotients, for every input from 32 to 1024', async () => {
    let count = 0
    for (let side = 32; side <= 1024; side += 32) {
      const pixels = Float32Array.from({ length: 24 * side }, (_, k) => k / 8 - side)
      expect(differing(await fractionsOf(side, pixels), quotients(side, pixels))).toEqual([])
      count += pixels.length
    }
    expect(count).toBe(405_504)
  })

  it('of any 24 bits are the quotients, for every input up to 4096', async () => {
    const random = new Random(36)
    for (let side = 32; side <= 4096; side += 32) {
      const any = Float32Array.from({ length: 1000 }, () => (random.uniform() - 0.2) * 2 ** random.integer(-8, 13))
      expect(differing(await fractionsOf(side, any), quotients(side, any))).toEqual([])
    }
  })

  it('are the quotients where these lie as near to the middle of two float32 numbers as any do', async () => {
    const random = new Random(37)
    for (let side = 96; side <= 4096; side += 64) {
      const near = Array.from({ length: 400 }, () => nearMiddle(side / 32, random))
      const pixels = Float32Array.from(near, (p) => p * 2 ** -20)
      expect(Array.from(pixels, (p) => p * 2 ** 20)).toEqual(near)
      expect(differing(await fractionsOf(side, pixels), quotients(side, pixels))).toEqual([])
      const byReciprocal = pixels.map((p) => p * Math.fround(1 / side))
      expect(differing(byReciprocal, quotients(side, pixels))).not.toEqual([])
    }
  })
})

/** Rows of the table of centres, those along x before those along y. */
async function centresOf(height: number, width: number): Promise<number[][]> {
  const { data, shape } = await evaluate(centreTable(narrowGrids({ ...coco, input: [height, width] })))
  const [, columns = 0] = shape
  return Array.from({ length: data.length / columns }, (_, n) => [...data.subarray(n * columns, (n + 1) * columns)])
}

describe('the table of centres', () => {
  it('has the float32 fraction of every pixel, and its cells in float64, for every input from 32 to 1024', async () => {
    for (let width = 32; width <= 1024; width += 32) {
      const height = 1056 - width
      const rows = await centresOf(height, width)
      expect(rows).toHaveLength(width + height)
      const wrong = rows.filter(([fraction, ...cells], i) => {
        const [n, side] = i < width ? [i, width] : [i - width, height]
        const stored = Math.fround(n / side)
        return fraction !== stored || cells.some((cell, l) => cell !== Math.floor(stored * ((side / 32) * 2 ** l)))
      })
      expect(wrong).toEqual([])
    }
  })

  it.each([
    [320, [2, 6, 14]],
    [416, [0, 6, 18]],
    [512, [0, 0, 0]],
    [608, [7, 16, 34]],
  ])('puts as many centres into the previous cell at %d pixels as the original: %o (S29)', async (side, counts) => {
    const rows = (await centresOf(32, side)).slice(0, side)
    const early = counts.map((_, l) => rows.filter((row, n) => row[1 + l] !== Math.floor(n / (32 / 2 ** l))).length)
    expect(early).toEqual(counts)
  })
})
