import { describe, expect, it } from 'vitest'
import { type DType, float32, type Tensor, type TensorData } from '../../src/io/tensor.js'
import { type CompareOptions, compare } from '../../src/verify/compare/compare.js'

const { POSITIVE_INFINITY: inf, NaN: nan } = Number
const exact: CompareOptions = { rtol: 0, atol: 0 }
const loose: CompareOptions = { rtol: 1, atol: 1e30 }

const vector = (...values: number[]) => float32([values.length], values)
const tensor = <D extends DType>(dtype: D, shape: number[], data: TensorData[D]): Tensor => ({ dtype, shape, data })

describe('non-finite values compare by identity, before any tolerance', () => {
  it.each([
    [inf, 1],
    [1, inf],
    [inf, -inf],
    [nan, 1],
    [1, nan],
    [inf, nan],
    [nan, nan],
  ])('(%d, %d) fails', (expected, got) => {
    const result = compare('y', vector(expected), vector(got), loose)
    expect(result).toMatchObject({ pass: false, mismatches: 1, compared: 1 })
  })

  it('(∞, ∞) passes and is counted', () => {
    const result = compare('y', vector(inf, -inf, 1), vector(inf, -inf, 1), exact)
    expect(result).toMatchObject({ pass: true, bothInfinite: 2, bothNan: 0 })
  })

  it('(NaN, NaN) is a class of its own, which one can allow', () => {
    expect(compare('y', vector(nan, 1), vector(nan, 1), loose)).toMatchObject({ pass: false, bothNan: 1 })
    const allowed = compare('y', vector(nan, 1), vector(nan, 1), { ...exact, allowBothNan: true })
    expect(allowed).toMatchObject({ pass: true, bothNan: 1, mismatches: 0 })
  })

  it('an infinite difference is the worst, and no rtol mends it', () => {
    const result = compare('y', vector(5, 2), vector(6, nan), exact)
    expect(result.worstAbs).toEqual({ value: inf, index: [1], expected: 2, got: nan })
    expect(result.requiredRtol).toBe(inf)
  })

  it('finite values whose difference overflows differ infinitely', () => {
    const huge = tensor('float64', [1], Float64Array.of(1e308))
    const low = tensor('float64', [1], Float64Array.of(-1e308))
    expect(compare('y', huge, low, { rtol: 1e-5, atol: 0 })).toMatchObject({ pass: false, mismatches: 1 })
  })
})

describe('finite values', () => {
  it('pass up to atol + rtol·|expected|, the bound included', () => {
    const at = (got: number) => compare('y', vector(4), vector(got), { rtol: 0.25, atol: 1 }).pass
    expect([at(6), at(2), at(6.001), at(1.999)]).toEqual([true, true, false, false])
  })

  it('report the worst element with its index, and the rtol that would pass', () => {
    const expected = float32([2, 3], [1, 2, 4, 100, 0, 8])
    const got = float32([2, 3], [1, 2, 5, 102, 0, 8])
    const result = compare('y', expected, got, { rtol: 0, atol: 0.5 })
    expect(result).toMatchObject({ compared: 6, mismatches: 2, requiredRtol: 0.125, pass: false })
    expect(result.worstAbs).toEqual({ value: 2, index: [1, 0], expected: 100, got: 102 })
    expect(result.worstRel).toEqual({ value: 0.25, index: [0, 2], expected: 4, got: 5 })
    expect(compare('y', expected, got, { rtol: result.requiredRtol, atol: 0.5 }).pass).toBe(true)
  })

  it('have a relative error only where the expectation exceeds atol', () => {
    const result = compare('y', vector(1e-9, 0), vector(5e-9, 1e-8), { rtol: 0, atol: 1e-6 })
    expect(result).toMatchObject({ pass: true, requiredRtol: 0 })
    expect(result.worstRel).toBeUndefined()
    expect(result.worstAbs?.value).toBeCloseTo(1e-8, 12)
  })

  it('no rtol helps where zero was expected', () => {
    expect(compare('y', vector(0), vector(1), { rtol: 9, atol: 0.5 })).toMatchObject({ pass: false, requiredRtol: inf })
  })

  it('a scalar has the index []', () => {
    expect(compare('loss', float32([], [1]), float32([], [3]), exact).worstAbs?.index).toEqual([])
  })

  it('int64 compares exactly beyond 2^53', () => {
    const big = (n: bigint) => tensor('int64', [1], BigInt64Array.of(n))
    expect(compare('n', big(2n ** 60n), big(2n ** 60n + 1n), exact)).toMatchObject({ pass: false, mismatches: 1 })
    expect(compare('n', big(2n ** 60n), big(2n ** 60n), exact).pass).toBe(true)
  })

  it('float16 compares by value, not by bits', () => {
    const half = (...bits: number[]) => tensor('float16', [bits.length], Uint16Array.from(bits))
    const result = compare('h', half(0x3c00, 0x0001, 0xfc00, 0x8000), half(0x4000, 0x0001, 0xfc00, 0), exact)
    expect(result).toMatchObject({ mismatches: 1, bothInfinite: 1 })
    expect(result.worstAbs).toEqual({ value: 1, index: [0], expected: 1, got: 2 })
  })
})

describe('what cannot be compared fails', () => {
  it.each([
    ['another shape', vector(1, 2), float32([2, 1], [1, 2]), 'expected float32[2], got float32[2,1]'],
    ['another type', vector(1), tensor('int32', [1], Int32Array.of(1)), 'expected float32[1], got int32[1]'],
    ['no element', vector(), vector(), 'not one element was compared'],
  ])('%s', (_, expected, got, problem) => {
    expect(compare('y', expected, got, loose)).toMatchObject({ pass: false, problem, compared: 0, exempt: 0 })
  })

  it('exempt elements are left out and counted; all of them exempt is a failure', () => {
    const exempt = Uint8Array.of(0, 1)
    const result = compare('mask', vector(1, 0), vector(1, 1), { ...exact, exempt })
    expect(result).toMatchObject({ pass: true, compared: 1, exempt: 1 })
    expect(compare('mask', vector(1, 0), vector(1, 0), { ...exact, exempt: Uint8Array.of(1, 1) }).pass).toBe(false)
  })
})
