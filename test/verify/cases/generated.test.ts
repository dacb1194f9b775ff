import { describe, expect, it } from 'vitest'
import { readModel } from '../../../src/onnx/proto/read.js'
import { yoloIgnore, yoloLoss } from '../../../src/reference/index.js'
import { asked } from '../../../src/verify/answers/inputs.js'
import { generatedCases } from '../../../src/verify/cases/generate/generate.js'
import { fractionOf, nearTie, tieWith } from '../../../src/verify/cases/generate/ties.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { graphBytes } from '../../support/cases.js'
import { everything, faultsIn, faultsOf, verdictsOn } from '../../support/generated.js'

const coco = { preset: 'yolov3-coco', classes: 2 }

/** Options in company, so that each value of each stands somewhere. */
const configs: readonly ConfigInput[] = [
  coco,
  { ...coco, layout: 'nchw', dtype: 'float16', opset: 13 },
  { ...coco, layout: 'nachw', dtype: 'float64', reduction: 'sum', opset: 21 },
  { ...coco, classes: 1, layout: 'nahwc', reduction: 'none', weights: { xy: 2, conf: -0.5 }, guard: true },
  { ...coco, normalizer: true, lossRank: 1, ignoreThreshold: 0.7 },
  { ...coco, form: 'loop', weights: { class: 0 }, batch: 3 },
  { ...coco, form: 'static', batch: 2, input: [96, 64], layout: 'nchw' },
  { ...coco, form: 'static', batch: 1, input: [64, 32], maxBoxes: 4, divisionFree: true, guard: true },
  { preset: 'yolov3-tiny-coco', classes: 3, for: 'ort-training', ignoreThreshold: 0 },
  { preset: 'yolov3-voc', ignoreThreshold: 1.5, input: [64, 96] },
  { anchors: [[10, 13]], anchorMask: [[0]], classes: 1, ignoreThreshold: 0.3 },
  { ...coco, ignoreThreshold: 1e-6 },
]

describe('generated cases', () => {
  it.each(configs.map((config) => [JSON.stringify(config), config] as const))(
    'pass on the graph of %s',
    async (_, config) => {
      expect(await faultsOf({ ...config, ...everything })).toEqual([])
      expect(await faultsOf(config)).toEqual([])
    },
  )

  it('pass where a term has no weight, though an infinite one is then no number', async () => {
    expect(await faultsOf({ ...coco, weights: { wh: 0 }, components: true, gradients: true })).toEqual([])
  })

  it.each(['head', 'head-loss'])('pass on the decoded %s', async (graph) => {
    expect(await faultsOf({ ...coco, graph })).toEqual([])
    expect(await faultsOf({ ...coco, graph, dtype: 'float16', layout: 'nchw' })).toEqual([])
  })

  const makersOf = (config: ConfigInput, options = {}) =>
    generatedCases(readModel(graphBytes(config), 'graph'), resolveConfig(config), options)

  it('are the same for the same seed, and others for another', () => {
    const bytes = (seed: number) =>
      makersOf(coco, { seed }).map(({ make }) => JSON.stringify(make().inputs[0]?.tensor.data))
    expect(bytes(1)).toEqual(bytes(1))
    expect(bytes(1)[0]).not.toBe(bytes(2)[0])
  })

  it('are a dozen at most, whatever a graph fixes', () => {
    for (const batch of [1, 2, 3, 8, 50])
      expect(makersOf({ ...coco, form: 'static', batch, input: [64, 64] }).length).toBeLessThanOrEqual(12)
  })

  it('leave κ of no cell to rounding', () => {
    for (const { make } of makersOf(coco)) {
      const feeds = Object.fromEntries(make().inputs.map(({ name, tensor }) => [name, tensor]))
      for (const { low, high } of yoloIgnore(asked(resolveConfig(coco), feeds)?.input as never))
        expect(low.findIndex((x, i) => x < 0.5 && 0.5 <= (high[i] as number))).toBe(-1)
    }
  })

  it.each([0.5, 1e-6, 1.5])('have a loss that is a number, at θ = %d', (ignoreThreshold) => {
    const config = resolveConfig({ ...coco, ignoreThreshold })
    for (const { make } of makersOf({ ...coco, ignoreThreshold })) {
      const feeds = Object.fromEntries(make().inputs.map(({ name, tensor }) => [name, tensor]))
      expect(yoloLoss(asked(config, feeds)?.input as never).loss).not.toBeNaN()
    }
  })

  it('have predictions on the threshold, and close to it on either side', () => {
    const [ties] = makersOf(coco).filter(({ name }) => name.includes('ties'))
    const feeds = Object.fromEntries((ties?.make().inputs ?? []).map(({ name, tensor }) => [name, tensor]))
    const ious = yoloIgnore(asked(resolveConfig(coco), feeds)?.input as never).map(({ bestIou }) => [...bestIou])
    for (const own of ious) {
      expect(own.filter((iou) => iou === 0.5).length).toBeGreaterThanOrEqual(3)
      expect(own.filter((iou) => iou > 0.5 && iou < 0.501).length).toBeGreaterThan(0)
      expect(own.filter((iou) => iou < 0.5 && iou > 0.499).length).toBeGreaterThan(0)
    }
  })

  it('are judged by what rounds as the provider does', async () => {
    const reports = await verdictsOn(graphBytes(coco), coco)
    expect(faultsIn(reports)).toEqual([])
    expect(reports.every(({ near }) => near.length === 0)).toBe(true)
  })
})

describe('a tie', () => {
  const anchor = { x: 0.5, y: 0.5, w: 10 / 128, h: 14 / 64 }

  it('is exact for thresholds that are no binary fractions', () => {
    for (const θ of [0.5, 0.7, 0.6, 0.25, 0.3]) {
      const tie = tieWith(anchor, θ)
      if (!tie) continue
      const inter = Math.min(anchor.w, tie.w) * Math.min(anchor.h, tie.h)
      expect(inter / (anchor.w * anchor.h + tie.w * tie.h - inter)).toBe(θ)
      for (const side of [1, -1] as const) expect(nearTie(anchor, tie, θ, side)).toBeDefined()
    }
    expect(tieWith(anchor, 0.5)).toBeDefined()
    expect(tieWith(anchor, 0.7)).toBeDefined()
  })

  it('is not to be had where the anchor itself is rounded', () => {
    expect(tieWith({ ...anchor, w: 10 / 416 }, 0.5)).toBeUndefined()
  })

  it('needs the threshold as a fraction', () => {
    expect([0.5, 0.7, 0.45, 1].map(fractionOf)).toEqual([
      [1, 2],
      [7, 10],
      [9, 20],
      [1, 1],
    ])
    expect(fractionOf(Math.PI / 4)).toBeUndefined()
  })
})
