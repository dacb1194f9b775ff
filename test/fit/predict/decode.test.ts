import { describe, expect, it } from 'vitest'
import { headLayouts } from '../../../src/detector/layouts.js'
import { decoded } from '../../../src/fit/predict/decode.js'
import { Random } from '../../../src/io/random.js'
import { yoloHeads } from '../../../src/reference/head.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { tinyConfig } from '../../attach/detector.js'

const config = resolveConfig(tinyConfig)
const [batch, rows, columns, anchors, entries] = [2, 3, 2, 3, 7] as const
const input = [96, 64] as const
const random = new Random(4)
const logits = Float32Array.from({ length: batch * rows * columns * anchors * entries }, () => random.normal(0, 2))

/** The logits with their axes in another order. */
function ordered(order: string): Float32Array {
  const extent: Record<string, number> = { b: batch, h: rows, w: columns, a: anchors, d: entries }
  const out = new Float32Array(logits.length)
  const at = (axes: string, place: Record<string, number>) =>
    [...axes].reduce((n, x) => n * (extent[x] as number) + (place[x] as number), 0)
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < rows; h++)
      for (let w = 0; w < columns; w++)
        for (let a = 0; a < anchors; a++)
          for (let d = 0; d < entries; d++)
            out[at(order, { b, h, w, a, d })] = logits[at('bhwad', { b, h, w, a, d })] as number
  return out
}

const orders = { nchw: 'badhw', nhwc: 'bhwad', nahwc: 'bahwd', nachw: 'badhw', nhwac: 'bhwad', 'flat-hwa': 'bhwad', 'flat-ahw': 'bahwd' } as const // biome-ignore format: one row
const finer = { shape: [batch, 6, 4, 21], data: new Float32Array(batch * 6 * 4 * 21).fill(-9) }
const [reference] = yoloHeads({
  ...config,
  logits: [{ shape: [batch, rows, columns, anchors * entries], data: logits }, finer],
})

describe('boxes of a head', () => {
  it('is tested in every layout', () => {
    expect(Object.keys(orders).toSorted()).toEqual(headLayouts.toSorted())
  })

  it.each(Object.entries(orders))('laid out as %s are those of the oracle', (layout, order) => {
    const head = { layout: layout as keyof typeof orders, batch, rows, columns, data: ordered(order) }
    const found = decoded(head, 1, 0, config, input, 0.2)
    const cells = rows * columns * anchors
    const expected = Array.from({ length: cells }, (_, i) => i + cells).flatMap((i) => {
      const [x, y, w, h] = [0, 1].map((k) => [reference?.xy[2 * i + k], reference?.wh[2 * i + k]] as [number, number]).reduce<number[]>((all, [xy, wh], k) => { all[k] = xy; all[k + 2] = wh; return all }, []) as [number, number, number, number] // biome-ignore format: one row
      return [0, 1].flatMap((label) => {
        const score = (reference?.confidence[i] as number) * (reference?.probabilities[2 * i + label] as number)
        if (score < 0.2) return []
        const box = [(x - w / 2) * 64, (y - h / 2) * 96, (x + w / 2) * 64, (y + h / 2) * 96]
        return [{ box: box.map((side) => expect.closeTo(side, 6)), label, score: expect.closeTo(score, 9) }]
      })
    })
    expect(expected.length).toBeGreaterThan(3)
    expect(found).toEqual(expected)
  })

  it('with a NaN among its logits leave that cell out', () => {
    const data = ordered('bhwad').fill(Number.NaN, 0, entries)
    const head = { layout: 'nhwc' as const, batch, rows, columns, data }
    expect(decoded(head, 0, 0, config, input, 0).every(({ score }) => Number.isFinite(score))).toBe(true)
  })
})
