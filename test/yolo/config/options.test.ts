import { describe, expect, test } from 'vitest'
import type { LossConfig } from '../../../src/yolo/config/config.js'
import { options } from '../../../src/yolo/config/options.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { layouts } from '../../../src/yolo/config/vocabulary.js'
import { nine, refusal } from '../support.js'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const valid = {
  anchors: nine,
  anchorMask: [
    [6, 7, 8],
    [3, 4, 5],
  ],
  classes: 2,
}

const pairs = 'must be a list of pairs of positive pixels'
const lists = 'must be a list of lists of distinct anchor indices'
const count = 'must be a whole number of 1 or more'
const classes = 'must be a whole number from 1 to 100000'
const share = 'must be a number of 0 or more'
const size = 'must be [height, width] in multiples of 32, at most 4096'
const weights = 'must be a finite number for each of xy, wh, conf, class'
const yesOrNo = 'must be true or false'

const table: readonly (readonly [key: keyof LossConfig, value: unknown, why: string])[] = [
  ['anchors', [], `${pairs}, got []`],
  ['anchors', '10,13', `${pairs}, got "10,13"`],
  [
    'anchors',
    [
      [10, 13],
      [16, 0],
    ],
    `${pairs}, got [16,0] at 1`,
  ],
  ['anchors', [[10, 13, 5]], `${pairs}, got [10,13,5] at 0`],
  ['anchors', [10, 13], `${pairs}, got 10 at 0`],
  ['anchors', [['10', '13']], `${pairs}, got ["10","13"] at 0`],
  ['anchors', [[10, inf]], `${pairs}, got [10,"Infinity"] at 0`],
  ['anchorMask', [], `${lists}, got []`],
  ['anchorMask', [[0], []], `${lists}, got [] at 1`],
  ['anchorMask', [[0, 1, 1]], `${lists}, got [0,1,1] at 0`],
  ['anchorMask', [[-1]], `${lists}, got [-1] at 0`],
  ['anchorMask', [[0.5]], `${lists}, got [0.5] at 0`],
  ['anchorMask', [[0, 1], [2]], 'must give every scale as many anchors, got 2 and 1'],
  [
    'anchorMask',
    [
      [0, 1],
      [2, 9],
    ],
    'names anchor 9, but there are 9 (0 to 8)',
  ],
  ['classes', 0, `${classes}, got 0`],
  ['classes', 1.5, `${classes}, got 1.5`],
  ['classes', '80', `${classes}, got "80"`],
  ['classes', null, `${classes}, got null`],
  ['classes', 1e300, `${classes}, got 1e+300`],
  ['classes', 1e9, `${classes}, got 1000000000`],
  ['ignoreThreshold', -0.1, `${share}, got -0.1`],
  ['ignoreThreshold', nan, `${share}, got NaN`],
  ['ignoreThreshold', '0.5', `${share}, got "0.5"`],
  ['graph', 'gradient', 'must be one of loss, head, head-loss, targets, got "gradient"'],
  ['form', 'dense', 'must be one of compact, static, loop, got "dense"'],
  ['batch', 0, `${count}, got 0`],
  ['input', [416, 400], `${size}, got [416,400]`],
  ['input', 416, `${size}, got 416`],
  ['maxBoxes', 2.5, `${count}, got 2.5`],
  ['layout', 'constructor', `must be one of ${Object.keys(layouts).join(', ')}, got "constructor"`],
  ['dtype', 'int8', 'must be one of float32, float64, float16, got "int8"'],
  [
    'for',
    'onnxruntime',
    'must be one of ort-training, onnx2torch, jax, openvino, webgpu, tensorrt, tvm, iree, mnn, tinygrad, got "onnxruntime"',
  ],
  ['opset', 12, 'must be 13 to 25, got 12'],
  ['opset', 26, 'must be 13 to 25, got 26'],
  ['opset', 17.5, 'must be 13 to 25, got 17.5'],
  ['reduction', 'mean', 'must be one of batch-mean, sum, none, got "mean"'],
  ['lossRank', 2, 'must be one of 0, 1, got 2'],
  ['weights', { xy: inf }, `${weights}, got {"xy":"Infinity","wh":1,"conf":1,"class":1}`],
  ['weights', { box: 1 }, `${weights}, got {"xy":1,"wh":1,"conf":1,"class":1,"box":1}`],
  ['normalizer', 1, `${yesOrNo}, got 1`],
  ['guard', null, `${yesOrNo}, got null`],
  ['divisionFree', 1, `${yesOrNo}, got 1`],
  ['components', 1, `${yesOrNo}, got 1`],
  ['masks', 'yes', `${yesOrNo}, got "yes"`],
  ['diagnostics', 0, `${yesOrNo}, got 0`],
  ['gradients', 'no', `${yesOrNo}, got "no"`],
  ['labels', 'sparse', 'must be one of dense, boxes, weighted-boxes, got "sparse"'],
  ['padding', true, 'must be one of original, anywhere, got true'],
  ['badBoxes', 'skip', 'must be one of nan, drop, got "skip"'],
  [
    'semantics',
    7,
    'must be one of keras-yolo3, darknet, alexeyab, paddle, paddledetection, gluon-cv, mmdetection, david8862, yunyang, ultralytics-v3, yolov1, got 7',
  ],
  [
    'rules',
    { size: 'cubed' },
    'must be an object of rules and numbers, got size "cubed", which has half-squared, squared, l1, roots, none',
  ],
  ['semanticsFromLabels', 1, `${yesOrNo}, got 1`],
]

describe('a value that breaks a rule is named with the rule', () => {
  test.each(table)('%s: %o', (key, value, why) => {
    const error = refusal({ ...valid, [key]: value })
    expect([error.key, error.message]).toEqual([key, `"${key}" ${why}`])
  })

  test('for every option there is', () => {
    expect([...new Set(table.map(([key]) => key))].sort()).toEqual(Object.keys(options).sort())
  })

  test('cut where it gets long', () => {
    expect(refusal({ ...valid, classes: 'x'.repeat(5000) }).message.length).toBeLessThan(200)
  })

  test.each([null, 7, 'yolov3-coco', [valid]])('%o is no configuration at all', (input) => {
    expect(refusal(input).message).toMatch(/^"config" must be an object, got /)
  })
})

describe('options that do not fit together are named', () => {
  test.each<[what: string, input: Partial<Record<keyof LossConfig, unknown>>, message: string]>([
    ['static without a batch', { form: 'static' }, '"batch" must be given for the static form'],
    [
      'static without an input',
      { form: 'static', batch: 1 },
      '"input" must be given for the static form: [height, width]',
    ],
    [
      'components of a head',
      { graph: 'head', components: true },
      '"components" asks for something of the loss, but "graph" is "head"',
    ],
    [
      'room for boxes where there is no limit',
      { form: 'compact', maxBoxes: 20 },
      '"maxBoxes" limits the static form, and boxes as labels, not "compact" from dense labels',
    ],
    [
      'a rule for boxes that are none',
      { padding: 'anywhere' },
      '"padding" says how boxes are read, but "labels" is "dense"',
    ],
    [
      'refused boxes that are none',
      { badBoxes: 'drop' },
      '"badBoxes" says how boxes are read, but "labels" is "dense"',
    ],
    [
      'boxes for a head',
      { graph: 'head', labels: 'boxes' },
      '"labels" says what the loss is given, but "graph" is "head"',
    ],
    [
      'targets of labels',
      { graph: 'targets', labels: 'dense', input: [64, 64] },
      '"labels" must be boxes or weighted-boxes for the graph of targets',
    ],
    [
      'targets in a loop',
      { graph: 'targets', form: 'loop', input: [64, 64] },
      '"form" must be compact or static for the graph of targets',
    ],
    ['targets of no size', { graph: 'targets' }, '"input" must be given, as [height, width], for the graph of targets'],
    [
      'a test without division in another form',
      { form: 'compact', divisionFree: true },
      '"divisionFree" is for the static form and thresholds above 0, not "compact" and 0.5',
    ],
    [
      'a normalizer of no batch',
      { normalizer: true, reduction: 'sum' },
      '"normalizer" divides in place of the batch, but reduction "sum" divides by nothing',
    ],
    [
      'a rank of many losses',
      { lossRank: 1, reduction: 'none' },
      '"lossRank" is of no use: reduction "none" gives [B]',
    ],
    [
      'a loop for ort-training',
      { for: 'ort-training', form: 'loop' },
      '"form" must be compact or static for ort-training, whose graph around a Loop can be invalid',
    ],
    [
      'float64 for ort-training',
      { for: 'ort-training', dtype: 'float64' },
      '"dtype" must be float32 or float16 for ort-training: its loss is float32',
    ],
    [
      'many losses for ort-training',
      { for: 'ort-training', reduction: 'none' },
      '"reduction" must be batch-mean or sum for ort-training: its loss is one number',
    ],
    [
      'a compact form for WebGPU',
      { for: 'webgpu', form: 'compact' },
      '"form" must be static for webgpu, which leaves integers and open sizes to the CPU',
    ],
    [
      'float64 for OpenVINO',
      { for: 'openvino', dtype: 'float64' },
      '"dtype" must be float32 or float16 for openvino: it computes float64 in float32',
    ],
    [
      'gradients for JAX',
      { for: 'jax', form: 'static', batch: 1, input: [416, 416], gradients: true },
      '"gradients" must be false for jax: jaxonnxruntime has no ScatterND, and jax.grad derives the loss',
    ],
    [
      'boxes for JAX',
      { for: 'jax', form: 'static', batch: 1, input: [416, 416], labels: 'boxes' },
      '"labels" must be dense for jax: jaxonnxruntime has no ScatterND',
    ],
    [
      '8 anchors without masks',
      { anchors: nine.slice(1), anchorMask: undefined },
      '"anchors" must be 9 or 6 pairs when "anchorMask" is not given, got 8',
    ],
  ])('%s', (_, input, message) => {
    expect(refusal({ ...valid, ...input }).message).toBe(message)
  })
})

describe('no rule is broken', () => {
  test('by other numbers of scales and anchors', () => {
    expect(resolveConfig(valid)).toMatchObject(valid)
    const one = { anchors: [[1.5, 2]], anchorMask: [[0]], classes: 1, ignoreThreshold: 2 }
    expect(resolveConfig(one)).toMatchObject(one)
  })

  test('by a runtime, whose form is the default', () => {
    const sizes = { batch: 2, input: [416, 416] } as const
    expect(resolveConfig({ ...valid, ...sizes, for: 'tvm' }).form).toBe('static')
    expect(resolveConfig({ ...valid, ...sizes, for: 'openvino' }).form).toBe('compact')
    expect(resolveConfig({ ...valid, ...sizes, for: 'openvino', form: 'static' }).form).toBe('static')
  })

  test('by some weights only: the others stay 1', () => {
    expect(resolveConfig({ ...valid, weights: { wh: 0 } }).weights).toEqual({ xy: 1, wh: 0, conf: 1, class: 1 })
  })
})
