import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../../src/io/tensor.js'
import { openSession } from '../../../src/runtime/session.js'
import type { LayoutName } from '../../../src/yolo/config/vocabulary.js'
import { caseNames, configOf, feedsOf, graphBytes, readFixture } from '../../support/cases.js'
import { fixedSizes, inLayout } from '../../support/forms.js'
import { expectedGradients, float32Tolerance, inNhwc, misses, tensorsOf } from '../../support/gradients.js'

const forms = ['compact', 'static', 'loop'] as const
const layouts: readonly LayoutName[] = ['nhwc', 'nchw', 'nachw', 'nahwc']
const opsets = [13, 17, 18, 21, 24, 25]

/** Every form on the case at `turn`, layouts and opsets taking turns; with `--mode full` in every layout. */
const plansOf = (turn: number) =>
  forms.flatMap((form, f) => {
    const own = process.env.YOLO_LOSS_FULL ? layouts : [layouts[(turn + f) % 4] as LayoutName]
    return own.map((layout, l) => ({
      form,
      layout,
      opset: opsets[(turn + (turn >> 2) + 2 * f + l) % opsets.length] as number,
    }))
  })

describe.each([...caseNames.entries()])('the gradient on case %i, %s,', async (turn, name) => {
  const test = await readFixture(name)
  const { logits, labels } = tensorsOf(test)
  const anchors = ((configOf(test).anchorMask as number[][])[0] as number[]).length
  const expected = expectedGradients(test)
  const batch = logits[0]?.shape[0] as number

  it.each(plansOf(turn))('in the $form form and $layout, opset $opset, is that of the oracle', async (plan) => {
    const sizes = plan.form === 'static' ? fixedSizes(test) : {}
    const session = await openSession(graphBytes({ ...configOf(test), ...sizes, ...plan, gradients: true }))
    const own = logits.map((t) => inLayout(t, plan.layout, anchors))
    const outputs = await session.run(feedsOf(own, labels))
    for (const [l, gradient] of expected.entries()) {
      const got = outputs.get(`grad_y_pred_${l}`) as Tensor
      expect(got.dtype).toBe('float32')
      expect(got.shape).toEqual(own[l]?.shape)
      const values = inNhwc(got, (logits[l] as Tensor).shape, plan.layout, anchors)
      expect(misses(values, gradient, float32Tolerance(batch, labels[l] as Tensor)).slice(0, 5)).toEqual([])
    }
    await session.release()
  })
})
