import { describe, expect, it } from 'vitest'
import { Random } from '../../../src/io/random.js'
import { presets } from '../../../src/yolo/config/presets.js'
import { bestAnchor } from '../../../src/yolo/labels/assign.js'
import { settings } from '../../others/numpy/settings.js'
import type { Setting } from '../../support/boxes.js'
import { anchorsOf, openGrids } from '../../support/narrow.js'

const most = 416
const rowsAtOnce = 64

interface Wrong {
  readonly size: readonly [number, number]
  readonly got: number
  readonly want: number
}

/** Sizes whose best anchor is not that of the oracle. */
async function wrongIn(setting: Setting, sides: Float32Array, gridsFor?: typeof openGrids): Promise<Wrong[]> {
  const anchors = await anchorsOf(setting, sides, gridsFor)
  const found: Wrong[] = []
  for (const [i, n] of anchors.entries()) {
    const size = [sides[2 * i] as number, sides[2 * i + 1] as number] as const
    const [got, want] = [Number(n), bestAnchor(size, setting.anchors)]
    if (got !== want) found.push({ size, got, want })
  }
  return found
}

/** All widths and heights in steps of a part of a pixel. */
async function wrongOfAll(
  setting: Setting,
  part: number,
  largest: number,
  gridsFor?: typeof openGrids,
): Promise<[count: number, wrong: Wrong[]]> {
  const steps = largest * part
  const wrong: Wrong[] = []
  for (let from = 1; from <= steps; from += rowsAtOnce) {
    const widths = Array.from({ length: Math.min(rowsAtOnce, steps - from + 1) }, (_, i) => from + i)
    const sides = new Float32Array(2 * widths.length * steps)
    for (const [i, w] of widths.entries())
      for (let h = 1; h <= steps; h++) sides.set([w / part, h / part], 2 * (i * steps + h - 1))
    wrong.push(...(await wrongIn(setting, sides, gridsFor)))
  }
  return [steps ** 2, wrong]
}

const of = (name: keyof typeof presets): Setting => ({ ...presets[name], input: [32, 32] })

/** Any sides from 1/20 to 800 pixels. */
function sidesOf(seed: number): Float32Array {
  const random = new Random(seed)
  return Float32Array.from({ length: 2 * most ** 2 }, () => 0.05 * 16_000 ** random.uniform())
}

const presetNames = ['yolov3-coco', 'yolov3-tiny-coco', 'yolov3-voc'] as const

describe('the best anchor, found in float32, is that of the oracle', () => {
  it.each(presetNames)('for all whole sizes up to 416, %s', async (name) => {
    expect(await wrongOfAll(of(name), 1, most)).toEqual([most ** 2, []])
  })

  it('for anchors that the body of a function is given', async () => {
    expect(await wrongOfAll(of('yolov3-coco'), 1, most, openGrids)).toEqual([most ** 2, []])
    const odd: Setting = {
      ...of('yolov3-tiny-coco'),
      anchors: [
        [10.1, 13.7],
        [16.3, 30.9],
        [33.33, 23.4],
        [81.2, 82.9],
        [135.6, 169.1],
        [344.7, 319.3],
      ],
    }
    const [anchors, sides] = [odd.anchors.map((a) => a.map(Math.fround) as [number, number]), sidesOf(43)]
    expect(await wrongIn({ ...odd, anchors }, sides, openGrids)).toEqual([])
  })

  it.each(presetNames.slice(0, 2))('for all sizes in steps of 1/8 pixel up to 64, %s', async (name) => {
    expect(await wrongOfAll(of(name), 8, 64)).toEqual([512 ** 2, []])
  })

  it.each(settings.filter(({ name }) => /anchors/.test(name)).map(({ name, config }) => [name, config] as const))(
    'for all whole sizes up to 416, and any: %s',
    async (_, config) => {
      const setting: Setting = { ...config, input: [32, 32] }
      expect(await wrongOfAll(setting, 1, most)).toEqual([most ** 2, []])
      const sides = sidesOf(43)
      expect(await wrongIn(setting, sides)).toEqual([])
      const squares = sides.map((x, i) => (i % 2 === 1 ? (sides[i - 1] as number) : x))
      expect(await wrongIn(setting, squares)).toEqual([])
    },
  )
})
