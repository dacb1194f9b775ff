import { describe, expect, it } from 'vitest'
import { colourOf } from '../../../../src/view/client/model/colours.js'
import { differenceScale, scaleOf } from '../../../../src/view/client/model/scale.js'

const of = (...numbers: number[]) => [Float64Array.from(numbers)]

/** Relative luminance (WCAG 2.2), by which colours are told apart by all kinds of sight. */
const luminance = (colour: readonly number[]): number => {
  const [r = 0, g = 0, b = 0] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)) // biome-ignore format: one row
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

describe('a scale of colours', () => {
  it('is linear where numbers are of one size', () => {
    const scale = scaleOf(of(1, 2, 3, 4))
    expect(scale).toMatchObject({ isLogarithmic: false, low: 0, high: 4, ticks: [0, 2, 4] })
    expect(scale.at(1)).toBe(0.25)
  })

  it('is logarithmic where one number would outshine all others, with four powers of ten at most', () => {
    const scale = scaleOf([...of(1e-9, 0.01, 0.01, 0.01), ...of(100)])
    expect(scale).toMatchObject({ isLogarithmic: true, high: 100 })
    expect(scale.low).toBeCloseTo(0.01, 12)
    expect([0.01, 0.1, 1, 10, 100].map((x) => Math.round(100 * scale.at(x)))).toEqual([0, 25, 50, 75, 100])
    expect(scale.ticks.every((x) => scale.at(x) >= -1e-9 && scale.at(x) <= 1)).toBe(true)
  })

  it('leaves out what is no number or infinite, and can do without any number', () => {
    expect(scaleOf(of(1, Number.NaN, 2, Number.POSITIVE_INFINITY)).high).toBe(2)
    expect(scaleOf(of(Number.NaN, 0))).toMatchObject({ low: 0, high: 0 })
    expect(Number.isNaN(scaleOf([]).at(0))).toBe(false)
  })

  it('begins below 0 where terms are negative, as they are for labels beyond 1', () => {
    expect(scaleOf(of(-2, 2))).toMatchObject({ isLogarithmic: false, low: -2, high: 2 })
  })

  it('has no difference in its middle, and as much to both sides', () => {
    for (const maps of [of(-1, 2, 3), of(...Array(50).fill(0.01), -40)]) {
      const scale = differenceScale(maps)
      expect(scale.at(0)).toBeCloseTo(0.5, 12)
      expect(scale.at(-scale.high) + scale.at(scale.high)).toBeCloseTo(1, 12)
      expect(scale.low).toBe(-scale.high)
      for (const x of maps[0] ?? []) expect(scale.at(x)).toBeGreaterThanOrEqual(0)
    }
    expect(differenceScale(of(...Array(50).fill(0.01), -40)).isLogarithmic).toBe(true)
  })
})

describe('the colours', () => {
  const at = (ramp: 'sequential' | 'diverging') =>
    Array.from({ length: 65 }, (_, i) => luminance(colourOf(ramp, i / 64)))

  it('grow lighter with every step, so that they need no hue', () => {
    const steps = at('sequential')
    expect(steps.slice(1).every((light, i) => light > (steps[i] as number))).toBe(true)
  })

  it('of differences grow darker to both sides', () => {
    const steps = at('diverging')
    expect(steps.slice(1).every((light, i) => (i < 32 ? light > (steps[i] as number) : light < (steps[i] as number)))).toBe(true) // biome-ignore format: one row
  })

  it('end where their ramp does', () => {
    expect(colourOf('sequential', 7)).toEqual(colourOf('sequential', 1))
    expect(colourOf('sequential', -7)).toEqual(colourOf('sequential', 0))
  })
})
