import { describe, expect, test } from 'vitest'
import { anchorsOf } from '../../../src/yolo/config/config.js'
import { presets } from '../../../src/yolo/config/presets.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { nine, refusal } from '../support.js'

const six = nine.slice(0, 6)

describe('a preset', () => {
  test('for COCO has the anchors, masks and threshold of keras-yolo3', () => {
    expect(resolveConfig({ preset: 'yolov3-coco' })).toMatchObject({
      anchors: [
        [10, 13],
        [16, 30],
        [33, 23],
        [30, 61],
        [62, 45],
        [59, 119],
        [116, 90],
        [156, 198],
        [373, 326],
      ],
      anchorMask: [
        [6, 7, 8],
        [3, 4, 5],
        [0, 1, 2],
      ],
      classes: 80,
      ignoreThreshold: 0.5,
      opset: 17,
      components: false,
      masks: false,
    })
  })

  test('for tiny COCO has the mask 123 of the published weights', () => {
    expect(resolveConfig({ preset: 'yolov3-tiny-coco' })).toMatchObject({
      anchors: [
        [10, 14],
        [23, 27],
        [37, 58],
        [81, 82],
        [135, 169],
        [344, 319],
      ],
      anchorMask: [
        [3, 4, 5],
        [1, 2, 3],
      ],
      classes: 80,
      ignoreThreshold: 0.7,
    })
  })

  test.each(Object.keys(presets))('is complete: %s', (preset) => {
    expect(resolveConfig({ preset })).toMatchObject(presets[preset as keyof typeof presets])
  })

  test('gives way to what is written beside it', () => {
    const own = { classes: 3, ignoreThreshold: 0, opset: 13, components: true, masks: true }
    expect(resolveConfig({ preset: 'yolov3-coco', ...own })).toMatchObject({
      ...own,
      anchors: presets['yolov3-coco'].anchors,
    })
  })

  test('for tiny takes the mask 012 that Darknet has now', () => {
    const anchorMask = [
      [3, 4, 5],
      [0, 1, 2],
    ]
    expect(resolveConfig({ preset: 'yolov3-tiny-coco', anchorMask }).anchorMask).toEqual(anchorMask)
  })

  test('lends its masks to no other anchors', () => {
    expect(resolveConfig({ preset: 'yolov3-coco', anchors: six }).anchorMask).toEqual([
      [3, 4, 5],
      [1, 2, 3],
    ])
    expect(refusal({ preset: 'yolov3-coco', anchors: nine.slice(0, 8) }).key).toBe('anchors')
  })

  test.each(['yolov4', '', 'constructor', '__proto__', 7, null])('is not %o', (preset) => {
    expect(refusal({ preset }).message).toBe(
      `"preset" must be one of ${Object.keys(presets).join(', ')}, got ${JSON.stringify(preset)}`,
    )
  })
})

describe('what is left out', () => {
  test('is what keras-yolo3 computes, with no further outputs', () => {
    expect(resolveConfig({ anchors: nine, classes: 1 })).toMatchObject({
      anchors: nine,
      anchorMask: [
        [6, 7, 8],
        [3, 4, 5],
        [0, 1, 2],
      ],
      classes: 1,
      ignoreThreshold: 0.5,
      form: 'compact',
      layout: 'nhwc',
      dtype: 'float32',
      reduction: 'batch-mean',
      weights: { xy: 1, wh: 1, conf: 1, class: 1 },
      opset: 17,
      components: false,
      masks: false,
    })
  })

  test('is the masks of keras-yolo3 for 6 anchors as well', () => {
    expect(resolveConfig({ anchors: six, classes: 1 }).anchorMask).toEqual([
      [3, 4, 5],
      [1, 2, 3],
    ])
  })

  test.each(['anchors', 'classes'])('cannot be %s', (key) => {
    const { [key]: _, ...rest } = { anchors: nine, anchorMask: [[0]], classes: 1 } as Record<string, unknown>
    expect(refusal(rest).message).toBe(`"${key}" is missing`)
  })
})

describe('an unknown key is refused', () => {
  test.each([
    ['anchor', 'anchors'],
    ['ANCHORMASK', 'anchorMask'],
    ['ignore_threshold', 'ignoreThreshold'],
    ['clases', 'classes'],
    ['opsett', 'opset'],
    ['prest', 'preset'],
  ])('%s, with %s suggested', (key, guess) => {
    expect(refusal({ preset: 'yolov3-coco', [key]: 1 }).message).toBe(`"${key}" is no option: did you mean "${guess}"?`)
  })

  test('without a suggestion when nothing is near', () => {
    expect(refusal({ preset: 'yolov3-coco', learningRate: 1 }).message).toBe('"learningRate" is no option')
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('also when every object has it: %s', (key) => {
    const input = JSON.parse(`{"preset": "yolov3-coco", "${key}": {"classes": 1}}`) as unknown
    expect(refusal(input).message).toBe(`"${key}" is no option`)
  })
})

test('the anchors of a scale are in mask order', () => {
  const config = resolveConfig({
    anchors: nine,
    anchorMask: [
      [2, 0],
      [8, 1],
    ],
    classes: 1,
  })
  expect([anchorsOf(config, 0), anchorsOf(config, 1), anchorsOf(config, 2)]).toEqual([
    [nine[2], nine[0]],
    [nine[8], nine[1]],
    [],
  ])
})
