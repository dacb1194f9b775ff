import { describe, expect, it } from 'vitest'
import { iou } from '../../src/reference/boxes.js'
import { type OracleInput, yoloLoss, yoloLossGradients, yoloRows } from '../../src/reference/index.js'

const terms = ['xy', 'wh', 'conf', 'class'] as const

/** Two images at two scales; the second image has no box at the finer one. */
function scene(): OracleInput {
  const anchors = [
    [20, 30],
    [60, 50],
    [90, 110],
    [140, 60],
  ] as const
  let seed = 7
  const random = () => {
    seed = (seed * 48271) % 2147483647
    return seed / 2147483647
  }
  const grids = [1, 2].map((n) => [2, 2 * n, 3 * n] as const)
  const logits = grids.map(([b, h, w]) => {
    const shape = [b, h, w, 2 * 7]
    return { shape, data: Float32Array.from({ length: b * h * w * 14 }, () => 3 * random() - 1.5) }
  })
  const labels = grids.map(([b, h, w]) => ({ shape: [b, h, w, 2, 7], data: new Float32Array(b * h * w * 14) }))
  const put = (l: number, row: number, label: readonly number[]) => labels[l]?.data.set(label, row * 7)
  put(0, 3, [0.5, 0.2, 0.9, 0.9, 1, 0, 1])
  put(0, 14, [0.4, 0.3, 0.3, 0.4, 0.5, 1, 0])
  put(1, 9, [0.7, 0.1, 0.2, 0.2, 1, 0, 1])
  put(1, 18, [0.6, 0.4, 0, 0.2, 1, 1, 1])
  return {
    anchors,
    anchorMask: [
      [2, 3],
      [0, 1],
    ],
    classes: 2,
    ignoreThreshold: 0.1,
    guard: true,
    logits,
    labels,
  }
}

describe('the loss row by row', () => {
  it('adds up to the terms of the loss, undivided', () => {
    const [rows, { scales }] = [yoloRows(scene()), yoloLoss(scene())]
    for (const [l, own] of rows.entries())
      for (const term of terms) {
        const sum = own.terms[term].reduce((a, b) => a + b, 0)
        expect(sum).toBeCloseTo(2 * (scales[l]?.[term] ?? Number.NaN), 10)
        expect(sum).not.toBe(0)
      }
  })

  it('has the mask and the gradient that the loss has, weighed and divided as asked', () => {
    const options = { weights: { xy: 2, wh: 3, conf: 0.5, class: 7 }, divisor: 5 }
    const [rows, gradients, { scales }] = [
      yoloRows(scene(), options),
      yoloLossGradients(scene(), options),
      yoloLoss(scene()),
    ]
    for (const [l, own] of rows.entries()) {
      expect(own.mask).toEqual(scales[l]?.ignoreMask)
      expect(own.mask).toContain(0)
      for (let i = 0; i < own.slope.length; i++) {
        const expected = gradients[l]?.values.subarray(7 * i, 7 * i + 7) ?? []
        expect([...own.detail(i).gradient]).toEqual([...expected])
        expect(own.slope[i]).toBeCloseTo(Math.hypot(...expected), 12)
        const { terms: each } = own.detail(i)
        for (const term of terms) expect(each[term]).toBeCloseTo(own.terms[term][i] ?? Number.NaN, 12)
      }
    }
    const weighed = rows[0]?.terms.class.reduce((a, b) => a + b, 0)
    expect(weighed).toBeCloseTo(7 * 2 * (scales[0]?.class ?? Number.NaN), 10)
  })

  it('names the row whose box gives the best IoU, of the same image alone', () => {
    const input = scene()
    for (const own of yoloRows(input))
      for (let i = 0; i < own.nearest.length; i++) {
        const half = own.nearest.length / 2
        const of = own.nearest[i] as number
        expect(Math.floor(of / half)).toBe(of < 0 ? -1 : Math.floor(i / half))
        const { object } = own.detail(of < 0 ? 0 : of)
        if (of >= 0 && object) expect(iou(own.detail(i).predicted, object.truth)).toBe(own.bestIou[i])
        else expect(own.bestIou[i]).toBe(Number.NEGATIVE_INFINITY)
      }
  })

  it('tells the targets of objects, and NaN for a size that guard mode leaves out', () => {
    const [coarse, fine] = yoloRows(scene())
    const { object } = coarse?.detail(3) ?? {}
    expect(object?.targets[0]).toBeCloseTo(0.5 * 3 - 1, 6)
    expect(object?.targets[2]).toBeCloseTo(Math.log((0.9 * 96) / 140), 6)
    expect(object?.scale).toBeCloseTo(2 - 0.81, 6)
    expect(fine?.detail(18).object?.targets[2]).toBeNaN()
    expect(coarse?.detail(0).object).toBeUndefined()
  })
})
