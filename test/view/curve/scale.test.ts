import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spread } from '../../../src/view/curve/labels.js'
import { brief, fitting, linear, logarithmic, short } from '../../../src/view/curve/scale.js'

describe('an axis', () => {
  it('has round numbers beside it', () => {
    expect(linear(0, 999, 10).ticks).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900])
    expect(linear(0, 0.7, 4).ticks).toEqual([0, 0.2, 0.4, 0.6])
    expect(linear(-3, 8, 3).ticks).toEqual([0, 5])
    expect(logarithmic(0.02, 300, 8).ticks).toEqual([0.1, 1, 10, 100])
    expect(logarithmic(3, 80, 8).ticks).toEqual([5, 10, 20, 50])
    expect(logarithmic(1e-8, 1, 4).ticks).toEqual([1e-8, 1e-6, 1e-4, 0.01, 1])
  })

  it('has equal factors where numbers fall far, and all are above 0', () => {
    const fallen = [500, 100, 20, 5, 4, 4, 4, 4, 4, 4, 4]
    expect(fitting(fallen, [4, 500], 5).log).toBe(true)
    expect(fitting([...fallen, 0], [0, 500], 5).log).toBe(false)
    expect(fitting([9, 8, 7], [7, 9], 5).log).toBe(false)
  })

  it('has equal parts for a rate along half a cosine, though it ends near 0', () => {
    const rates = Array.from({ length: 100 }, (_, i) => (1 + Math.cos((Math.PI * i) / 100)) / 2)
    expect(fitting(rates, [Math.min(...rates), 1], 5)).toMatchObject({ log: false, least: 0 })
  })

  it('begins with 0 where that is not far, and is there for one number and for none', () => {
    expect(fitting([3, 9], [3, 9], 5).least).toBe(0)
    expect(fitting([95, 99], [95, 99], 5).least).toBeGreaterThan(90)
    expect(fitting([4], [4, 4], 5)).toMatchObject({ least: 0, most: 8 })
    expect(fitting([-4], [-4, -4], 5)).toMatchObject({ least: -8, most: 0 })
    expect(fitting([], [], 5)).toMatchObject({ least: 0, most: 1 })
  })

  it('takes numbers that differ by their rounding alone for one', () => {
    expect(fitting([0.001], [0.001, 0.001 + 1e-17], 5)).toMatchObject({ log: false, least: 0, most: 0.002 })
    expect(fitting([1], [1, 1 + 1e-6], 5).least).toBeGreaterThan(0.9)
  })

  it('reaches down to whatever falls by factors, but not across a wide gap to what is nearly nothing', () => {
    const fallen = Array.from({ length: 31 }, (_, i) => 10 ** (-10 * i))
    expect(fitting(fallen, [1e-300, 1], 5)).toMatchObject({ log: true, least: 1e-300 })
    expect(fitting([...fallen.slice(0, 20), 1e-300], [1e-300, 1], 5)).toMatchObject({ log: true, least: 1e-190 })
  })

  it('has the largest numbers that there are', () => {
    const most = Number.MAX_VALUE
    expect(fitting([-most, most], [-most, most], 5).ticks).toEqual([-1e308, 0, 1e308])
    expect(fitting([most], [most, most], 5)).toMatchObject({ least: 0, most })
    const axis = fitting([-most, 0, most], [-most, most], 5)
    expect([-most, 0, most].map(axis.place)).toEqual([0, 0.5, 1])
  })

  it('has nothing beside numbers between which there is none', () => {
    expect(fitting([0, 5e-324], [0, 5e-324], 5).ticks).toEqual([])
  })

  it('places whatever numbers there are between 0 and 1, in their order, with few ticks', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(numbers, fc.integer({ min: 2, max: 12 }), (all, ticks) => {
        const axis = fitting(all, all, ticks)
        const places = [...all].sort((a, b) => a - b).map((x) => axis.place(x))
        expect(places.every((place) => place >= 0 && place <= 1)).toBe(true)
        expect(places).toEqual([...places].sort((a, b) => a - b))
        expect(axis.ticks.length).toBeLessThanOrEqual(3 * ticks + 1)
      }),
    )
  })
})

it.each([
  [0, '0'],
  [999, '999'],
  [0.002, '0.002'],
  [12_000, '12k'],
  [1_500_000, '1.5M'],
  [1e-7, '1e-7'],
  [1e20, '1e20'],
])('%d is told as %s', (x, text) => {
  expect(short(x)).toBe(text)
})

it('is told in four digits where there are more', () => {
  expect([1 / 3, 123_456, Number.NaN].map(brief)).toEqual(['0.3333', '123.5k', 'NaN'])
})

describe('labels beside lines', () => {
  it('stand where the lines end, if those are far enough from one another', () => {
    expect(spread([10, 50, 90], 14, 0, 100)).toEqual([10, 50, 90])
  })

  it('are put apart in the order of the lines, within bounds', () => {
    expect(spread([50, 49, 99, 100], 14, 0, 100)).toEqual([63, 49, 86, 100])
  })

  it('come closer where there are more than there is room for', () => {
    expect(spread([5, 5, 5], 14, 0, 10)).toEqual([0, 5, 10])
  })
})
