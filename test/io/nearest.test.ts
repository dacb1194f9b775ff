import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/io/nearest.js'

describe('the name that was probably meant', () => {
  it.each([
    ['y_ture_1', ['y_true_0', 'y_true_1'], 'y_true_1'],
    ['ANCHORMASK', ['anchors', 'anchorMask'], 'anchorMask'],
    ['x', ['yy', 'w'], 'w'],
    ['learningRate', ['classes', 'opset'], undefined],
    ['', ['classes'], undefined],
    ['x'.repeat(121), ['x'.repeat(121)], undefined],
  ])('for %s of %j is %s', (name, known, meant) => {
    expect(nearest(name, known)).toBe(meant)
  })
})
