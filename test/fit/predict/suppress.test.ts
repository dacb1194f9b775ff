import { describe, expect, it } from 'vitest'
import { iou, suppressed } from '../../../src/fit/predict/suppress.js'

const found = (box: readonly [number, number, number, number], label: number, score: number) => ({ box, label, score })

describe('non-maximum suppression', () => {
  const best = found([0, 0, 10, 10], 0, 0.9)
  const near = found([0, 0, 10, 8], 0, 0.8)
  const far = found([30, 30, 40, 40], 0, 0.5)
  const other = found([0, 0, 10, 10], 1, 0.7)

  it('keeps the best of boxes of a class that overlap, and all of other classes', () => {
    expect(suppressed([far, near, other, best], 0.45, 100)).toEqual([best, other, far])
  })

  it('keeps a box whose IoU is the threshold, as TensorFlow does', () => {
    expect(iou(best.box, near.box)).toBe(0.8)
    expect(suppressed([best, near], 0.8, 100)).toEqual([best, near])
    expect(suppressed([best, near], 0.79, 100)).toEqual([best])
  })

  it('does not suppress by a box that was suppressed itself', () => {
    const third = found([0, 2, 10, 8], 0, 0.6)
    expect(suppressed([best, near, third], 0.7, 100)).toEqual([best, third])
  })

  it('keeps so many at most', () => {
    expect(suppressed([best, near, far, other], 0.9, 2)).toEqual([best, near])
  })

  it('takes boxes without area for apart', () => {
    expect(iou([0, 0, 0, 5], [0, 0, 0, 5])).toBe(0)
  })
})
