import { describe, expect, it } from 'vitest'
import { openSession } from '../../../src/runtime/session.js'
import { caseNames, configOf, feedsOf, graphBytes, readFixture } from '../../support/cases.js'
import { fixedSizes } from '../../support/forms.js'
import { expectedGradients, float32Tolerance, misses, tensorsOf, widened } from '../../support/gradients.js'

describe('the gradient of the static form on the WebGPU provider, on a software driver', () => {
  it.each(caseNames)('on %s is that of the oracle, to ten times the tolerance of the CPU', async (name) => {
    const test = await readFixture(name)
    const { logits, labels } = tensorsOf(test)
    const graph = graphBytes({ ...configOf(test), ...fixedSizes(test), form: 'static', gradients: true })
    const session = await openSession(graph, { provider: 'webgpu', strict: true })
    const outputs = await session.run(feedsOf(logits, labels))
    await session.release()
    const batch = logits[0]?.shape[0] as number
    for (const [l, gradient] of expectedGradients(test).entries()) {
      const got = outputs.get(`grad_y_pred_${l}`)?.data as Float32Array
      const tolerance = widened(float32Tolerance(batch, labels[l] as (typeof labels)[0]), 10)
      expect(misses(got, gradient, tolerance).slice(0, 5)).toEqual([])
    }
  })
})
