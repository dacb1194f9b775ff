import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pack, unpack } from '../../src/view/index.js'

describe('a packed view', () => {
  it('comes back as it was, but for halves', async () => {
    const value = {
      exact: new Float64Array([Math.PI, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324]),
      small: [new Uint8Array([1, 2, 3]), new Int16Array([-1, 300]), new Uint32Array([2 ** 32 - 1])],
      words: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null, 'x', true, 0.1],
      empty: new Float32Array(0),
    }
    expect(await unpack(await pack(value))).toEqual(value)
  })

  it('has eleven bits of each number beside the largest of its array', async () => {
    const some = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 })
    await fc.assert(
      fc.asyncProperty(some, fc.integer({ min: -100, max: 100 }), async (numbers, power) => {
        const values = Float32Array.from(numbers, (x) => x * 2 ** power)
        const [back] = (await unpack(await pack([values]))) as [Float32Array]
        const most = Math.max(...values.map(Math.abs))
        for (const [i, x] of values.entries())
          expect(Math.abs((back[i] as number) - x)).toBeLessThanOrEqual(
            Math.max(Math.abs(x) * 2 ** -11, most * 2 ** -39),
          )
      }),
    )
  })

  it('keeps what is not finite, and the sign', async () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -3, 1e30]
    expect(await unpack(await pack(Float32Array.from(values.slice(0, 4))))).toEqual(
      Float32Array.from(values.slice(0, 4)),
    )
    expect(((await unpack(await pack(Float32Array.from(values)))) as Float32Array)[4]).toBeCloseTo(1e30, -28)
  })
})
