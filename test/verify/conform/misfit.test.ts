import { describe, expect, it } from 'vitest'
import { float32, sizeOf } from '../../../src/io/index.js'
import { misfitRemedy } from '../../../src/verify/conform/misfit.js'
import { type ConfigInput, resolveConfig } from '../../../src/yolo/index.js'
import { tinyConfig } from '../../attach/detector.js'

const remedy = (name: string, expected: readonly number[], got: readonly number[], config: ConfigInput = tinyConfig) =>
  misfitRemedy({
    name,
    got,
    expected: float32(expected, new Float32Array(sizeOf(expected))),
    config: resolveConfig(config),
  })

describe('an array of another shape', () => {
  it.each([
    ['channels first', 'grad_y_pred_0', [2, 4, 5, 21], [2, 21, 4, 5], 'nchw: array.transpose(0, 2, 3, 1)'],
    ['anchors, then entries, first', 'grad_y_pred_0', [2, 4, 5, 21], [2, 3, 7, 4, 5], 'nachw: array.transpose(0, 3, 4, 1, 2).reshape(2, 4, 5, 21)'],
    ['anchors first', 'grad_y_pred_0', [2, 4, 5, 21], [2, 3, 4, 5, 7], 'nahwc: array.transpose(0, 2, 3, 1, 4).reshape(2, 4, 5, 21)'],
    ['a mask with its anchors first', 'ignore_mask_0', [2, 4, 5, 3, 1], [2, 3, 4, 5], 'nchw: array.reshape(2, 3, 1, 4, 5).transpose(0, 3, 4, 1, 2)'],
    ['a mask of the same sizes', 'ignore_mask_0', [2, 3, 3, 3, 1], [2, 3, 1, 3, 3], 'nachw: array.transpose(0, 3, 4, 1, 2)'],
    ['rows and columns exchanged', 'grad_y_pred_0', [2, 4, 5, 21], [2, 5, 4, 21], 'another order: array.transpose(0, 2, 1, 3)'],
    ['a mask without its last axis', 'ignore_mask_0', [2, 4, 5, 3, 1], [2, 4, 5, 3], 'array.reshape(2, 4, 5, 3, 1)'],
    ['flat', 'grad_y_pred_0', [2, 4, 5, 21], [2, 420], 'array.reshape(2, 4, 5, 21), if they are in that order'],
    ['by image', 'loss', [], [2], 'sum it up'],
    ['of rank 0', 'loss', [2], [], undefined],
    ['of another batch', 'grad_y_pred_0', [2, 4, 5, 21], [1, 4, 5, 21], undefined],
  ])('%s', (_, name, expected, got, words) => {
    const told = remedy(name, expected, got)
    if (words === undefined) expect(told).toBeUndefined()
    else expect(told).toContain(words)
  }) // biome-ignore format: a table

  it('is brought into the layout that the logits have', () => {
    const config = { ...tinyConfig, layout: 'nchw' } as ConfigInput
    expect(remedy('grad_y_pred_0', [2, 21, 4, 5], [2, 4, 5, 21], config)).toContain(
      'of nhwc: array.transpose(0, 3, 1, 2)',
    )
  })
})
