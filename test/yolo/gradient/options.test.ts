import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import type { GradientOptions } from '../../../src/reference/gradients.js'
import { openSession } from '../../../src/runtime/session.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { configOf, feedsOf, graphBytes, readFixture } from '../../support/cases.js'
import { fixedSizes } from '../../support/forms.js'
import { expectedGradients, float32Tolerance, misses, tensorsOf } from '../../support/gradients.js'

const forms = ['compact', 'static', 'loop'] as const
const weights = { xy: 2, wh: 0.5, conf: 3, class: 0.25 }

const variants: readonly { name: string; config: ConfigInput; oracle: GradientOptions; normalizer?: number }[] = [
  { name: 'reduction sum', config: { reduction: 'sum' }, oracle: { divisor: 1 } },
  { name: 'reduction none, of the sum', config: { reduction: 'none' }, oracle: { divisor: 1 } },
  { name: 'a normalizer of 10', config: { normalizer: true }, oracle: { divisor: 10 }, normalizer: 10 },
  { name: 'weights', config: { weights }, oracle: { weights } },
  { name: 'weights and sum', config: { weights, reduction: 'sum' }, oracle: { weights, divisor: 1 } },
  { name: 'weight 0', config: { weights: { wh: 0 } }, oracle: { weights: { xy: 1, wh: 0, conf: 1, class: 1 } } },
  { name: 'loss rank 1 and all other outputs', config: { lossRank: 1, components: true, masks: true }, oracle: {} },
]

const cases = ['non-square', 'fractional-objectness']
const plans = cases.flatMap((name) => forms.flatMap((form) => variants.map((variant) => ({ name, form, variant }))))

describe('the gradient', () => {
  it.each(plans)('on $name in the $form form with $variant.name is that of the oracle', async (plan) => {
    const { name, form, variant } = plan
    const test = await readFixture(name)
    const { logits, labels } = tensorsOf(test)
    const sizes = form === 'static' ? fixedSizes(test) : {}
    const session = await openSession(
      graphBytes({ ...configOf(test), ...sizes, form, ...variant.config, gradients: true }),
    )
    const { normalizer } = variant
    const extra = normalizer === undefined ? {} : { normalizer: float32([], [normalizer]) }
    const outputs = await session.run({ ...feedsOf(logits, labels), ...extra })
    for (const [l, expected] of expectedGradients(test, variant.oracle).entries()) {
      const got = outputs.get(`grad_y_pred_${l}`)?.data as Float32Array
      expect(misses(got, expected, float32Tolerance(1 / 3, labels[l] as Tensor)).slice(0, 5)).toEqual([])
    }
    await session.release()
  })

  it.each(forms)('of float16 logits in the %s form is calculated and given in float32', async (form) => {
    const test = await readFixture('non-square')
    const { logits, labels } = tensorsOf(test)
    const halves = logits.map(({ shape, data }) => ({
      shape,
      data: Float32Array.from(data, (x) => Math.round(x * 8) / 8),
    }))
    const sizes = form === 'static' ? fixedSizes(test) : {}
    const session = await openSession(
      graphBytes({ ...configOf(test), ...sizes, form, dtype: 'float16', gradients: true }),
    )
    const bits = halves.map(
      ({ shape, data }): Tensor => ({ dtype: 'float16', shape, data: Uint16Array.from(data, halfBits) }),
    )
    const outputs = await session.run(feedsOf(bits, labels))
    const rounded = {
      ...test,
      dataSets: [
        {
          ...test.dataSets[0],
          inputs: [
            ...halves.map((t, l) => ({ name: `y_pred_${l}`, tensor: float32(t.shape, t.data) })),
            ...labels.map((tensor, l) => ({ name: `y_true_${l}`, tensor })),
          ],
        },
      ],
    } as typeof test
    for (const [l, expected] of expectedGradients(rounded).entries()) {
      const got = outputs.get(`grad_y_pred_${l}`) as Tensor<'float32'>
      expect([got.dtype, got.shape]).toEqual(['float32', logits[l]?.shape])
      expect(misses(got.data, expected, float32Tolerance(3, labels[l] as Tensor)).slice(0, 5)).toEqual([])
    }
    await session.release()
  })
})

/** The bits of a float16 for a multiple of 1/8 below 128 (IEEE 754 binary16). */
function halfBits(x: number): number {
  if (x === 0) return 0
  const exponent = Math.floor(Math.log2(Math.abs(x)))
  return (x < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | ((Math.abs(x) / 2 ** exponent - 1) * 1024)
}
