import { describe, expect, it } from 'vitest'
import { crossEntropy, entropy, leastCrossEntropy } from '../../src/reference/entropy.js'
import { type Grid, type OracleInput, yoloLoss } from '../../src/reference/oracle.js'

const coco = {
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
  ignoreThreshold: 0.5,
} as const

type Size = readonly [height: number, width: number]

/** Zeros for all scales of an input of `size` pixels. */
function blank(
  batch: number,
  size: Size,
  classes: number,
  config: Omit<OracleInput, 'classes' | 'logits' | 'labels'> = coco,
) {
  const grid = (l: number) => size.map((pixels) => (pixels / 32) * 2 ** l)
  const zeros = (shape: readonly number[]): Grid => ({
    shape,
    data: new Float32Array(shape.reduce((n, d) => n * d, 1)),
  })
  return {
    ...config,
    classes,
    logits: config.anchorMask.map((mask, l) => zeros([batch, ...grid(l), mask.length * (5 + classes)])),
    labels: config.anchorMask.map((mask, l) => zeros([batch, ...grid(l), mask.length, 5 + classes])),
  }
}

/** Write numbers into one row of the logits or the labels of a scale. */
function set(
  input: OracleInput,
  part: 'logits' | 'labels',
  place: readonly number[],
  numbers: readonly number[],
  from = 0,
) {
  const [l = 0, image = 0, row = 0, column = 0, anchor = 0] = place
  const [, rows = 0, columns = 0, anchors = 0, channels = 0] = input.labels[l]?.shape ?? []
  const start = (((image * rows + row) * columns + column) * anchors + anchor) * channels
  input[part][l]?.data.set(numbers, start + from)
}

/** A single row: one class, one anchor of 32 × 32 pixels in a grid of one cell. */
function single(logits: readonly number[], label: readonly number[], ignoreThreshold = 0.5) {
  const input = blank(1, [32, 32], 1, { anchors: [[32, 32]], anchorMask: [[0]], ignoreThreshold })
  set(input, 'logits', [0], logits)
  set(input, 'labels', [0], label)
  const [scale] = yoloLoss(input).scales
  if (!scale) throw new Error('no scale')
  return scale
}

const CENTRED = [0.5, 0.5, 1, 1, 1, 1]

describe('crossEntropy', () => {
  it.each([
    [0.37, 0, Math.LN2],
    [0, -20, 2.061153620314381e-9],
    [1, 20, 2.061153620314381e-9],
    [0, 20, 20.000000002061153],
    [1, -100, 100],
    [1, 100, 3.720075976020836e-44],
    [0.3, 0.7, 0.893186],
    [1.5, 2, -0.873072],
    [-0.5, -2, -0.873072],
  ])('E(%d, %d) = %d', (z, x, expected) => {
    expect(crossEntropy(z, x) / expected).toBeCloseTo(1, 6)
  })

  it('has its least value at the logit of the label', () => {
    expect(crossEntropy(0.3, Math.log(0.3 / 0.7))).toBeCloseTo(entropy(0.3), 14)
    expect([0, 1].map(entropy)).toEqual([0, 0])
    expect(leastCrossEntropy(2, 0.5)).toBeCloseTo(2 * Math.LN2, 14)
    expect([leastCrossEntropy(1, 1.5), leastCrossEntropy(-1, 0.5)]).toEqual([-Infinity, -Infinity])
    expect(leastCrossEntropy(0, 7)).toBe(0)
  })
})

describe('yoloLoss', () => {
  it('is ln 2 per row for zero logits without boxes: 7379.938 at 416 (S20)', () => {
    const { loss, scales, entropyFloor } = yoloLoss(blank(1, [416, 416], 1))
    expect(loss).toBeCloseTo(10_647 * Math.LN2, 8)
    expect(scales.map(({ ignore }) => ignore)).toEqual([507, 2028, 8112])
    expect(scales[0]?.bestIou[0]).toBe(-Infinity)
    expect(entropyFloor).toBe(0)
  })

  it('takes the values of section 5 for a box of its anchor, centred in its cell', () => {
    const input = blank(1, [416, 416], 3)
    set(input, 'labels', [0, 0, 6, 6, 0], [6.5 / 13, 6.5 / 13, 116 / 416, 90 / 416, 1, 0, 1, 0])
    const [scale] = yoloLoss(input).scales
    expect(2 - (116 * 90) / 416 ** 2).toBeCloseTo(1.939673, 6)
    expect(scale?.xy).toBeCloseTo(2.688957, 6)
    expect(scale?.wh).toBeLessThan(1e-13)
    expect(scale?.class).toBeCloseTo(3 * Math.LN2, 12)
    expect(scale?.positives).toBe(1)
    expect(scale?.entropyFloor).toBeCloseTo(2.688957, 6)
  })

  it('decodes with x before y, anchors (w,h) and S from the coarsest grid (S2, S3, S4)', () => {
    // t = (.5, −1, .25, −.5), anchor 116 × 90, row 2, column 7 of a 640 × 416 input (width × height)
    const box = [0.381123, 0.174534, 0.23273, 0.131221]
    const input = blank(1, [416, 640], 1)
    set(input, 'logits', [0, 0, 2, 7, 0], [0.5, -1, 0.25, -0.5])
    set(input, 'labels', [0, 0, 5, 5, 1], [...box, 1, 1])
    const [scale] = yoloLoss(input).scales
    expect(scale?.bestIou[(2 * 20 + 7) * 3]).toBeGreaterThan(0.9999)
    expect(scale?.ignoreMask[(2 * 20 + 7) * 3]).toBe(0)
  })

  it('weighs xy and wh by s, wh by a half (S11, S19)', () => {
    const whole = single([1, -1, 0.5, 0.25, 0, 0], CENTRED)
    expect(whole.xy).toBeCloseTo(crossEntropy(0.5, 1) + crossEntropy(0.5, -1), 14)
    expect(whole.wh).toBeCloseTo(0.5 * (0.5 ** 2 + 0.25 ** 2), 14)
    const larger = single([1, -1, 0, 0, 0, 0], [0.5, 0.5, 1.5, 1.5, 1, 1])
    expect(larger.xy).toBeCloseTo(-0.25 * whole.xy, 14)
    expect(larger.wh).toBeCloseTo(-0.25 * Math.log(1.5) ** 2, 14)
  })

  it('takes a fractional objectness as weight, label and selector (S12), any non-zero one as true (S8)', () => {
    const o = Math.fround(0.4)
    const met = single([0, 0, 0, 0, 2, 1], [0.5, 0.5, 1, 1, o, 1])
    expect([met.ignore, met.positives]).toEqual([0, 1])
    expect(met.conf).toBeCloseTo(o * crossEntropy(o, 2), 14)
    expect(met.class).toBeCloseTo(o * crossEntropy(1, 1), 14)
    const missed = single([0, 0, 3, 3, 2, 1], [0.5, 0.5, 1, 1, o, 1])
    expect(missed.ignore).toBe(1)
    expect(missed.conf).toBeCloseTo(crossEntropy(o, 2), 14)
    const negative = single([0, 0, 0, 0, 2, 1], [0.5, 0.5, 1, 1, -1, 1])
    expect([negative.ignore, negative.positives]).toEqual([0, 1])
    expect(negative.conf).toBeCloseTo(-crossEntropy(-1, 2), 14)
    expect(single([0, 0, 0, 0, 0, 0], [0.5, 0.5, 1, 1, Number.NaN, 1]).positives).toBe(1)
  })

  it('ignores a cell at the threshold itself (S15)', () => {
    const half = [0.5, 0.5, 0.5, 1, 1, 1]
    expect(single([0, 0, 0, 0, 0, 0], half).bestIou[0]).toBe(0.5)
    expect(single([0, 0, 0, 0, 0, 0], half, 0.5).ignore).toBe(0)
    expect(single([0, 0, 0, 0, 0, 0], half, 0.5 + 2 ** -20).ignore).toBe(1)
  })

  it.each([
    [0, 1],
    [1, 1],
    [2, 1],
  ])('counts all cells without boxes whatever θ: θ = %d (S14)', (ignoreThreshold, ignore) => {
    expect(single([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], ignoreThreshold).ignore).toBe(ignore)
  })

  it('does not count a cell whose IoU is 0/0, and marks it as uncertain (S16)', () => {
    const scale = single([0, 0, -800, -800, 0, 0], [0.5, 0.5, 0, 0, 1, 1])
    expect(scale.bestIou[0]).toBeNaN()
    expect([scale.ignore, scale.iouLow[0], scale.iouHigh[0]]).toEqual([0, -Infinity, Infinity])
    expect(single([0, 0, 800, 800, 0, 0], CENTRED).bestIou[0]).toBe(0)
    expect(single([0, 0, 100, -100, 0, 0], CENTRED).iouHigh[0]).toBe(Infinity)
    expect(single([0, 0, 100, 100, 0, 0], CENTRED).iouHigh[0]).toBeLessThan(1e-30)
  })

  it('is +∞ for a positive of width or height 0, in wh alone (S9)', () => {
    for (const size of [
      [0, 1],
      [1, 0],
    ]) {
      const scale = single([0, 0, 0, 0, 0, 0], [0.5, 0.5, ...size, 1, 1])
      expect([scale.wh, scale.bound.wh, scale.entropyFloor]).toEqual([Infinity, 0, Infinity])
      expect(scale.xy + scale.conf + scale.class).toBeLessThan(10)
    }
    expect(single([0, 0, 0, 0, 0, 0], [0.5, 0.5, -1, 1, 1, 1]).wh).toBeNaN()
  })

  it('takes boxes of the same image and scale only (S13), and divides by the batch (S21)', () => {
    const input = blank(2, [64, 64], 1)
    set(input, 'labels', [0, 0, 0, 1, 0], [0.75, 0.25, 116 / 64, 90 / 64, 1, 1])
    const { loss, scales, perImage } = yoloLoss(input)
    expect(scales.map(({ bestIou }) => bestIou.filter((best) => best > -Infinity).length)).toEqual([12, 0, 0])
    expect(scales[0]?.bestIou.slice(12)).toEqual(new Float64Array(12).fill(-Infinity))
    expect(loss).toBeCloseTo(((perImage.loss[0] ?? 0) + (perImage.loss[1] ?? 0)) / 2, 12)
    expect(perImage.loss[1]).toBeCloseTo(252 * Math.LN2, 12)
    expect(yoloLoss(blank(0, [64, 64], 1)).loss).toBeNaN()
  })

  it('covers the label that rounds onto the cell border: 120 of 416 on the 52-grid (S6)', () => {
    const y = Math.fround(120 / 416)
    const inFloat32 = Math.fround(Math.fround(y * 52) - 14)
    const inFloat64 = y * 52 - 14
    expect([Math.floor(y * 52), inFloat32, inFloat64 < 1]).toEqual([14, 1, true])
    const input = blank(1, [416, 416], 1)
    set(input, 'logits', [2, 0, 14, 14, 0], [-9, -9, 0, 0])
    set(input, 'labels', [2, 0, 14, 14, 0], [y, y, 10 / 416, 13 / 416, 1, 1])
    const scale = yoloLoss(input).scales[2]
    const rounded = 2 * (2 - 130 / 416 ** 2) * crossEntropy(1, -9)
    expect(Math.abs((scale?.xy ?? 0) - rounded)).toBeGreaterThan(1e-6)
    expect(Math.abs((scale?.xy ?? 0) - rounded)).toBeLessThan(scale?.bound.xy ?? 0)
    expect(Math.abs(scale?.entropyFloor ?? 1)).toBeLessThan(1e-4)
  })

  it('keeps the entropy of soft labels as its floor, and reaches it', () => {
    const floor = single([0, 0, 0, 0, 0, 0], CENTRED).entropyFloor
    expect(floor).toBeCloseTo(2 * Math.LN2, 14)
    const best = single([0, 0, 0, 0, 50, 50], CENTRED)
    expect(best.xy + best.wh + best.conf + best.class).toBeCloseTo(floor, 14)
  })

  it('names the tensor whose shape contradicts the configuration', () => {
    const input = blank(1, [64, 64], 1)
    expect(() => yoloLoss({ ...input, classes: 2 })).toThrow('logits[0]: expected [1,2,2,21], got [1,2,2,18]')
    expect(() => yoloLoss({ ...input, logits: input.logits.slice(1) })).toThrow(RangeError)
  })
})
