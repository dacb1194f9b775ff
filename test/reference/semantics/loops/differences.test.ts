import { describe, expect, it } from 'vitest'
import { Random } from '../../../../src/io/random.js'
import type { SemanticsInput } from '../../../../src/reference/semantics/cells/input.js'
import { Evaluator } from '../../../../src/reference/semantics/loops/evaluate.js'
import type { Semantics } from '../../../../src/reference/semantics/rules/rules.js'
import { smallBatch, variations } from '../../../support/semantics.js'

const step = 1e-5

const batch = ((): SemanticsInput => {
  const { logits, ...rest } = smallBatch(18)
  return { ...rest, logits: logits.map(({ shape, data }) => ({ shape, data: Float64Array.from(data) })) }
})()

/** The slope of the loss in a direction, by the central difference; what is held constant stays as it is. */
function difference(semantics: Semantics, directions: readonly Float64Array[]): number {
  const held = new Evaluator(batch).hold(semantics)
  const at = (by: number): number => {
    const moved = batch.logits.map(({ shape, data }, l) => ({
      shape,
      data: Float64Array.from(data, (t, i) => t + by * (directions[l]?.[i] ?? 0)),
    }))
    return new Evaluator({ ...batch, logits: moved }, held).outcome(semantics).loss
  }
  return (at(step) - at(-step)) / (2 * step)
}

/** One direction for each kind of logit, with random signs. */
const directions = Array.from({ length: 8 }, (_, channel) => {
  const random = new Random(channel)
  return batch.logits.map(({ data }) =>
    Float64Array.from(data, (_, i) => (i % 8 === channel ? 0.5 + random.uniform() : 0)),
  )
})

describe('the gradient of the loss', () => {
  it.each(variations())('by $name is what differences of float64 say', ({ semantics }) => {
    const gradients = new Evaluator(batch).gradients(semantics)
    for (const [channel, direction] of directions.entries()) {
      const slope = gradients.reduce(
        (sum, own, l) => sum + own.reduce((s, g, i) => s + g * (direction[l]?.[i] ?? 0), 0),
        0,
      )
      expect([channel, slope]).toEqual([channel, expect.closeTo(difference(semantics, direction), 6)])
    }
  })

  it('is not 0 where nothing is left out', () => {
    const [own] = variations()
    const gradients = new Evaluator(batch).gradients(own?.semantics as Semantics)
    expect(gradients.every((all) => all.some((g) => Math.abs(g) > 0.01))).toBe(true)
  })
})
