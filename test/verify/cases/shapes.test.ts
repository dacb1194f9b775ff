import { describe, expect, it } from 'vitest'
import { readModel } from '../../../src/onnx/proto/read.js'
import { shapeRemedy } from '../../../src/verify/cases/shapes.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { graphBytes } from '../../support/cases.js'

function remedy(name: string, shape: readonly number[], options: ConfigInput = {}): string | undefined {
  const given = { preset: 'yolov3-coco', ...options }
  return shapeRemedy(name, shape, resolveConfig(given), readModel(graphBytes(given), 'graph').inputs)
}

const fixed = { form: 'static', batch: 1, input: [416, 416] }

describe('an array whose shape does not fit', () => {
  it.each([
    ['NCHW for NHWC', 'y_pred_0', [1, 255, 13, 13], {}, 'order of nchw: export the graph with --layout nchw'],
    ['NHWC for NCHW', 'y_pred_0', [1, 13, 13, 255], { layout: 'nchw' }, '--layout nhwc'],
    ['heads of PyTorch programs', 'y_pred_1', [1, 3, 26, 26, 85], {}, '--layout nahwc'],
    [
      'scales fine to coarse',
      'y_pred_0',
      [1, 52, 52, 255],
      fixed,
      'the sizes of y_pred_2: give the coarsest scale first',
    ],
    ['labels fine to coarse', 'y_true_2', [1, 13, 13, 3, 85], fixed, 'the sizes of y_true_0'],
    ['flat labels', 'y_true_0', [1, 507, 85], {}, 'it is flat: array.reshape(B, h, w, 3, 85)'],
    [
      'labels whose anchors and entries are one axis',
      'y_true_0',
      [1, 13, 13, 255],
      {},
      'array.reshape(B, h, w, 3, 85)',
    ],
    ['a flat head', 'y_pred_0', [1, 507, 85], {}, 'array.reshape(B, h, w, 255)'],
    ['one image alone', 'y_pred_0', [13, 13, 255], {}, 'it has no axis of images'],
    ['heads of 20 classes', 'y_pred_0', [1, 13, 13, 75], {}, 'as 20 classes, and the graph is for 80'],
    ['labels of 20 classes', 'y_true_0', [1, 13, 13, 3, 25], {}, 'as 20 classes, and the graph is for 80'],
  ] as const)('is told to be %s', (_, name, shape, options, text) => {
    expect(remedy(name, shape, options)).toContain(text)
  })

  it.each([
    ['y_pred_0', [1, 13, 13, 254]],
    ['y_true_0', [2, 13, 13, 3, 85]],
    ['boxes', [1, 5]],
  ] as const)('is not told to be what it is not: %s %j', (name, shape) => {
    expect(remedy(name, shape)).toBeUndefined()
  })
})
