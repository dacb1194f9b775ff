import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/graph/tensor.js'
import { openSession } from '../../src/runtime/session.js'
import type { LayoutName } from '../../src/yolo/layout.js'
import { caseNames, configOf, feedsOf, graphBytes, readFixture } from '../support/cases.js'
import { fixedSizes, inLayout } from '../support/forms.js'
import { expectedGradients, float32Tolerance, inNhwc, misses, tensorsOf } from '../support/gradients.js'

const forms = ['compact', 'static', 'loop'] as const
const common: readonly LayoutName[] = ['nhwc', 'nchw']
const rare: readonly LayoutName[] = ['nachw', 'nahwc']
const opsets = [13, 17, 18, 21]

/** Every form in the common layouts and one in the rare ones, for the case at `turn`; the opsets take turns too. */
const plansOf = (turn: number) =>
  forms
    .flatMap((form, f) => [...common, ...(turn % 3 === f ? rare : [])].map((layout) => ({ form, layout })))
    .map((plan, i) => ({ ...plan, opset: opsets[(turn + i) % opsets.length] as number }))

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
