import { describe, expect, it } from 'vitest'
import { readModel } from '../../src/onnx/proto/read.js'
import { randomCases } from '../../src/verify/cases/generate/random.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { graphBytes } from '../support/cases.js'
import { faultsIn, verdictsOn } from '../support/generated.js'

const everything = { components: true, masks: true, gradients: true }
const [coco, tiny] = [
  { preset: 'yolov3-coco', classes: 2 },
  { preset: 'yolov3-tiny-coco', classes: 3 },
] as const

/** A thousand for each form, some of them crowded: a small input that holds many boxes. */
const scenes: readonly (readonly [count: number, config: ConfigInput])[] = [
  [250, coco],
  [250, { ...tiny, layout: 'nchw' }],
  [250, { ...coco, classes: 1, input: [32, 32] }],
  [250, { ...coco, dtype: 'float16' }],
  [500, { ...coco, form: 'loop' }],
  [500, { ...tiny, form: 'loop', reduction: 'none' }],
  [500, { ...coco, form: 'static', batch: 3, input: [96, 64] }],
  [500, { ...tiny, form: 'static', batch: 1, input: [160, 96] }],
]

/** So many are made and run at once. */
const together = 25

describe('random scenes, untrained and crowded ones among them', () => {
  it.each(scenes.map(([count, config]) => [count, JSON.stringify(config), config] as const))(
    'pass: %i of %s',
    async (count, _, config) => {
      const bytes = graphBytes({ ...config, ...everything })
      const makers = randomCases(readModel(bytes, 'graph'), resolveConfig(config), count, 1)
      for (let from = 0; from < count; from += together) {
        const reports = await verdictsOn(bytes, { ...config, ...everything }, makers.slice(from, from + together))
        expect(faultsIn(reports)).toEqual([])
      }
    },
    300_000,
  )
})
