import { describe, expect, it } from 'vitest'
import type { SemanticsInput } from '../../../../src/reference/semantics/cells/input.js'
import { Evaluator } from '../../../../src/reference/semantics/loops/evaluate.js'
import { type ProfileName, semantics } from '../../../../src/reference/semantics/profiles/profiles.js'
import type { Semantics } from '../../../../src/reference/semantics/rules/rules.js'
import type { Grid } from '../../../../src/reference/types.js'
import { smallBatch } from '../../../support/semantics.js'
import { expectTerms } from './expected.js'
import { found } from './small.js'

const batch = smallBatch(18)
const exact = { form: 'static', dtype: 'float64', opset: 17 } as const

/** Numbers of the formulas that no profile has, or not together. */
const changes: readonly (readonly [what: string, of: ProfileName, changed: Partial<Semantics>])[] = [
  ['a margin of the centre', 'keras-yolo3', { targetMargin: 0.3 }],
  ['a least size', 'paddle', { smallestSize: 30 }],
  ['weights of what speaks for', 'gluon-cv', { objectPositive: 2, classPositive: 3 }],
  ['weights of objects and background', 'keras-yolo3', { objectWeight: 5, backgroundWeight: 0.5 }],
  ['a focal objectness without a power', 'yunyang', { objectAlpha: 0.25, objectGamma: 0 }],
  ['a focal objectness of power 1', 'yunyang', { objectGamma: 1, smoothObject: 0.1 }],
  ['a focal objectness of power 1.5', 'yunyang', { objectGamma: 1.5 }],
  ['an objectness of RetinaNet', 'paddle', { objectness: 'retina', objectAlpha: 0.25, smoothObject: 0.1 }],
  [
    'focal classes',
    'david8862',
    { class: 'focal', classGamma: 1.5, classCells: 'all', smooth: 0.1, smoothing: 'half' },
  ],
  ['focal classes without a power', 'paddle', { class: 'focal', classAlpha: 0.5, classGamma: 0 }],
  ['weights of classes', 'mmdetection', { classWeights: [2, 1, 0.5], smoothing: 'uniform', smooth: 0.1 }],
  ['weights of classes everywhere', 'mmdetection', { classWeights: [2], classCells: 'all', smoothing: 'flip' }],
  ['a soft-max with weights', 'paddle', { class: 'softmax', classWeights: [2, 1, 0.5], smooth: 0.1 }],
  ['a focal soft-max', 'keras-yolo3', { class: 'softmax-focal', classGamma: 1.5, classCells: 'all' }],
  ['decodes of the scales', 'keras-yolo3', { decode: 'scaled', centre: 'l1', size: 'roots', scaleXY: [1.3, 1.7] }],
  ['an epsilon of pixels', 'yunyang', { box: 'diou', decode: 'scaled', scaleXY: [2], boxEpsilon: 1e-3 }],
  ['an epsilon of cells', 'ultralytics-v3', { boxEpsilon: 1e-3, boxScale: 'squared' }],
  ['all weights', 'ultralytics-v3', { xyWeight: 2, whWeight: 3, boxWeight: 4, confWeight: 5, balance: [4, 0.4] }],
]

describe('the terms and their gradient', () => {
  it.each(changes)('with %s beside %s are those of the reference', async (_, of, changed) => {
    await expectTerms(batch, { ...semantics(of), ...changed }, exact, 1e-12)
  })

  it('of flat boxes lose nothing on their height where a guard is asked for', async () => {
    const labels = { shape: [2, 1, 5], data: Float32Array.of(3, 40, 81, 40, 1, 10, 3, 30, 33, 0) }
    await expectTerms({ ...batch, labels, guard: true }, semantics('keras-yolo3'), exact, 1e-12)
  })

  it.each(['keras-yolo3', 'ultralytics-v3'] as const)(
    'of a single class by %s are those of the reference',
    async (of) => {
      const one = (shape: readonly number[], from: number): Grid => {
        const size = shape.reduce((n, d) => n * d, 1)
        return { shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(from + i)) }
      }
      const labels = { shape: [2, 1, 5], data: Float32Array.of(3, 20, 81, 40, 0, 10, 3, 30, 33, 0) }
      const logits = [one([2, 2, 3, 12], 0), one([2, 4, 6, 12], 7)]
      await expectTerms({ ...batch, classes: 1, labels, logits }, semantics(of), exact, 1e-12)
    },
  )
})

/** Labels of every row of predictions, four of which are objects. */
const dense = ((): SemanticsInput => {
  const labels = batch.logits.map(({ shape: [b = 0, h = 0, w = 0] }, l) => {
    const data = new Float32Array(b * h * w * 2 * 8)
    for (const [n, row] of [3, 7, h * w * 2 + 5].entries())
      data.set([0.3 + n / 8, 0.4, 0.2, 0.3 - l / 10, n === 1 ? 0.5 : 1, n === 0 ? 1 : 0, 0, 1], row * 8)
    return { shape: [b, h, w, 2, 8], data }
  })
  return { ...batch, labels }
})()

describe('the terms and their gradient of dense labels', () => {
  it.each(['keras-yolo3', 'ultralytics-v3', 'yolov1'] as const)('by %s are those of the reference', async (of) => {
    await expectTerms(dense, semantics(of), exact, 1e-12)
    await expectTerms(dense, semantics(of), { form: 'loop', dtype: 'float64', opset: 13 }, 1e-12)
  })
})

describe('matches that do not exist', () => {
  const empty = { ...batch, labels: { shape: [2, 0, 5], data: new Float32Array(0) } }

  it.each([
    ['static', 13, 'ultralytics-v3'],
    ['static', 18, 'keras-yolo3'],
    ['loop', 18, 'ultralytics-v3'],
    ['loop', 13, 'yolov1'],
  ] as const)('are all, and the %s form at opset %i by %s is that of the reference', async (form, opset, of) => {
    await expectTerms(empty, semantics(of), { form, dtype: 'float64', opset }, 1e-12)
  })

  it.each([
    ['keras-yolo3', 13],
    ['ultralytics-v3', 18],
    ['yolov1', 18],
    ['yunyang', 13],
  ] as const)(
    'do no harm where the row that they point to has logits that are no numbers, by %s',
    async (of, opset) => {
      const logits = batch.logits.map(({ shape, data }) => {
        const own = Float32Array.from(data)
        own.fill(Number.NaN, 0, 8)
        return { shape, data: own }
      })
      const own = { ...semantics(of), maskOf: 'predictions' } as Semantics
      const away = Float32Array.of(40, 3, 81, 60, 1, 70.25, 30, 84, 45, 1)
      const labels = { shape: [2, 1, 5], data: away }
      const masks = new Evaluator({ ...batch, labels })
        .masks(own)
        .map((mask) => mask.map((kept, i) => (i === 0 ? 0 : kept)))
      const results = await found({ ...batch, logits, labels }, own, { ...exact, opset }, masks)
      for (const [name, { data }] of results)
        expect([name, Array.from(data, Number).every(Number.isFinite)]).toEqual([name, true])
    },
  )
})
