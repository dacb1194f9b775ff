import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/io/tensor.js'
import { yoloLoss } from '../../src/reference/oracle.js'
import { evaluateModel } from '../../src/runtime/session.js'
import { caseNames, configOf, feedsOf, float32sOf, graphBytes, readFixture } from '../support/cases.js'
import { fixedSizes } from '../support/forms.js'

const forms = ['compact', 'loop', 'static'] as const

/** Bits of the float16 of a number that float16 can hold: a multiple of 2⁻¹⁰ below 2¹. */
function halfBits(x: number): number {
  if (x === 0) return 0
  const exponent = Math.floor(Math.log2(Math.abs(x)))
  const fraction = Math.round((Math.abs(x) / 2 ** exponent - 1) * 1024)
  return (x < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction
}

const float64 = (t: Tensor<'float32'>): Tensor<'float64'> => ({
  ...t,
  dtype: 'float64',
  data: Float64Array.from(t.data),
})

describe('float64', () => {
  it.each(forms)('%s agrees with the oracle to 1e-12', async (form) => {
    for (const name of caseNames.filter((n) => !['real-coco', 'zero-size'].includes(n))) {
      const test = await readFixture(name)
      const { logits, labels } = float32sOf(test)
      const sizes = form === 'static' ? fixedSizes(test) : {}
      const bytes = graphBytes({ ...configOf(test), ...sizes, form, dtype: 'float64' })
      const outputs = await evaluateModel(bytes, feedsOf(logits.map(float64), labels.map(float64)))
      const { loss } = yoloLoss({ ...(configOf(test) as Parameters<typeof yoloLoss>[0]), logits, labels })
      expect(Math.abs(Number(outputs.get('loss')?.data[0]) / loss - 1), name).toBeLessThan(1e-12)
    }
  })
})

describe('float16 logits', () => {
  it.each(forms)('%s are calculated with in float32', async (form) => {
    const test = await readFixture('non-square')
    const { logits, labels } = float32sOf(test)
    const coarse = logits.map((t) => ({
      ...t,
      data: t.data.map((x) => Math.max(-2, Math.min(2, Math.round(x * 256) / 256 + 0))),
    }))
    const halves = coarse.map(
      ({ shape, data }): Tensor<'float16'> => ({ dtype: 'float16', shape, data: Uint16Array.from(data, halfBits) }),
    )
    const sizes = form === 'static' ? fixedSizes(test) : {}
    const options = { ...configOf(test), ...sizes, form, components: true, gradients: true }
    const half = await evaluateModel(graphBytes({ ...options, dtype: 'float16' }), feedsOf(halves, labels))
    const whole = await evaluateModel(graphBytes(options), feedsOf(coarse, labels))
    for (const [name, { dtype, data }] of whole) {
      expect([name, half.get(name)?.dtype]).toEqual([name, dtype])
      expect(half.get(name)?.data).toEqual(data)
    }
  })
})
