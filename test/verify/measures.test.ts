import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { caseConfig } from '../../src/verify/cases/caseconfig.js'
import { indexInWords } from '../../src/verify/cases/indexwords.js'
import { readTolerances, toleranceOf } from '../../src/verify/cases/tolerance.js'
import { compare } from '../../src/verify/compare/compare.js'
import { decadeOf, decades, spreadOf } from '../../src/verify/compare/spread.js'
import { ulps } from '../../src/verify/compare/ulp.js'

describe('a distance in units of the last place', () => {
  it.each([
    ['float32', 1, 1 + 2 ** -23, 1],
    ['float32', -1e-45, 1e-45, 2],
    ['float32', 0, -0, 0],
    ['float64', 1, 1 + 2 ** -51, 2],
    ['float16', 1, 1 + 2 ** -9, 2],
    ['float16', 2 ** -24, -(2 ** -24), 2],
    ['float16', 1.9990234375, 2, 1],
    ['float32', 1, Number.NaN, undefined],
    ['int32', 1, 2, undefined],
  ])('of %s: from %d to %d is %s', (dtype, a, b, expected) => expect(ulps(dtype, a, b)).toBe(expected))
})

describe('what a comparison tells beyond its verdict', () => {
  const got = float32([4], [1, 2.5, 3, 4.25])
  const result = compare('y', float32([4], [1, 2, 3, 4]), got, { rtol: 0.1, atol: 0.1 })

  it('is what would let it pass, and it does', () => {
    expect(result.requiredRtol).toBeCloseTo(0.2, 12)
    expect(result.requiredAtol).toBeCloseTo(0.3, 12)
    const passes = (rtol: number, atol: number) => compare('y', float32([4], [1, 2, 3, 4]), got, { rtol, atol }).pass
    expect(passes(result.requiredRtol + 1e-12, 0.1)).toBe(true)
    expect(passes(0.1, result.requiredAtol + 1e-12)).toBe(true)
    expect(passes(result.requiredRtol - 1e-9, 0.1)).toBe(false)
  })

  it('is the first mismatches, the spread of the errors and their histogram', () => {
    expect(result.first).toEqual([{ index: [1], expected: 2, got: 2.5, allowed: expect.closeTo(0.3, 12) }])
    expect(result.spread).toEqual({ mean: 0.1875, p50: 0, p90: 0.5, p99: 0.5 })
    expect(result.histogram[0]).toBe(2)
    expect(result.histogram[decadeOf(0.3)]).toBe(2)
    expect(result.histogram.reduce((a, b) => a + b)).toBe(4)
    expect(result.histogram).toHaveLength(decades.length)
  })

  it('compares strings, and no more than the first five mismatches are kept', () => {
    const words = (...data: string[]) => ({ dtype: 'string', shape: [data.length], data }) as unknown as Tensor
    expect(compare('s', words('a', 'b'), words('a', 'b'), { rtol: 1, atol: 1 }).pass).toBe(true)
    const six = compare('s', words(...'abcdef'), words(...'ABCDEF'), { rtol: 1, atol: 1 })
    expect([six.mismatches, six.first.length]).toEqual([6, 5])
  })

  it('has percentiles by nearest rank', () => {
    const errors = Float64Array.from({ length: 100 }, (_, i) => i + 1)
    expect(spreadOf(errors)).toEqual({ mean: 50.5, p50: 50, p90: 90, p99: 99 })
    expect([decadeOf(0), decadeOf(1e-13), decadeOf(1e-12), decadeOf(Number.POSITIVE_INFINITY)]).toEqual([0, 1, 2, 16])
  })
})

describe('an index of a tensor of the loss', () => {
  const config = caseConfig({ anchors: [[1, 1]], anchorMask: [[0, 1], [2, 3]], classes: 3, ignoreThreshold: 0.5 }) // biome-ignore format: one line
  it.each([
    ['ignore_mask_1', [2, 1, 4, 0, 0], [3, 4, 10, 2, 1], 'scale 1, image 2, row 1, column 4, anchor 0'],
    ['grad_y_pred_0', [0, 1, 2, 10], [1, 3, 3, 16], 'scale 0, image 0, row 1, column 2, anchor 1, w'],
    ['y_true_1', [0, 1, 2, 1, 6], [1, 3, 3, 2, 8], 'scale 1, image 0, row 1, column 2, anchor 1, class 1'],
    ['layer0/ignore/iou/Div', [5], [7], 'scale 0'],
    ['loss', [], [], ''],
  ])('%s%j means something', (name, index, shape, expected) => {
    expect(indexInWords(name, index, shape, config)).toBe(expected)
  })

  it('means nothing without a configuration', () => expect(indexInWords('loss_0', [1], [2], undefined)).toBe(''))
})

describe('the tolerance of an output', () => {
  const none = readTolerances({}, 'data.json', 'c')
  it('without any given is that of its element type, ten times as much on WebGPU, and 0 for what is exact', () => {
    expect(toleranceOf(none, 'y', 'float32')).toEqual({ rtol: 1e-5, atol: 1e-6, source: 'default for float32' })
    expect(toleranceOf(none, 'y', 'float32', 'webgpu').rtol).toBeCloseTo(1e-4, 12)
    expect(toleranceOf(none, 'y', 'float64', 'cuda')).toMatchObject({ rtol: 1e-13 })
    expect(toleranceOf(none, 'y', 'int64', 'webgpu')).toMatchObject({ rtol: 0, atol: 0 })
  })

  it('is what the command line says, for the output before that for all, untouched by the provider', () => {
    const asked = { rtol: [{ value: 1e-3 }, { output: 'y', value: 1e-2 }] }
    expect(toleranceOf(none, 'y', 'float32', 'webgpu', asked).rtol).toBe(1e-2)
    expect(toleranceOf(none, 'z', 'float32', 'cpu', asked)).toMatchObject({ rtol: 1e-3, atol: 1e-6 })
    expect(toleranceOf(none, 'z', 'float32', 'cpu', asked).source).toBe('default for float32, --rtol')
  })
})
