import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../../../src/io/tensor.js'
import { yoloLossGradients } from '../../../../src/reference/gradients.js'
import { yoloLoss } from '../../../../src/reference/oracle.js'
import { Evaluator } from '../../../../src/reference/semantics/loops/evaluate.js'
import { semantics } from '../../../../src/reference/semantics/profiles/profiles.js'
import type { OracleInput } from '../../../../src/reference/types.js'
import { boxCaseNames, caseNames, float32sOf, readFixture } from '../../../support/cases.js'

const own = semantics('keras-yolo3')

/** Farthest apart, relative to the larger; equal infinities and NaN are not apart. */
const apart = (a: number, b: number): number => {
  if (Object.is(a, b) || a === b) return 0
  const distance = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b))
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance
}

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, i) => Math.max(most, apart(x, b[i] as number)), 0)

async function inputOf(name: string): Promise<OracleInput> {
  const test = await readFixture(name)
  return { ...(test.info.config as OracleInput), ...float32sOf(test) }
}

describe('the semantics of keras-yolo3', () => {
  it.each(caseNames)('are the reference on %s: loss, terms, masks, images and gradients', async (name) => {
    const input = await inputOf(name)
    const [expected, evaluator] = [yoloLoss(input), new Evaluator(input)]
    const outcome = evaluator.outcome(own)
    expect(apart(outcome.loss, expected.loss)).toBeLessThan(1e-12)
    expect(farthest(outcome.perImage, expected.perImage.loss)).toBeLessThan(1e-12)
    for (const [l, scale] of outcome.scales.entries()) {
      const theirs = expected.scales[l] as (typeof expected.scales)[number]
      for (const term of ['xy', 'wh', 'conf', 'class'] as const) {
        expect([term, apart(scale[term], theirs[term]) < 1e-12]).toEqual([term, true])
        expect(farthest(scale.perImage[term], theirs.perImage[term].values)).toBeLessThan(1e-12)
      }
      expect(scale.box).toBe(0)
      expect(scale.ignoreMask).toEqual(theirs.ignoreMask)
    }
    const gradients = evaluator.gradients(own)
    for (const [l, { values }] of yoloLossGradients(input).entries())
      expect(farthest(gradients[l] as Float64Array, values)).toBeLessThan(1e-9)
  })

  it.each(boxCaseNames)('assign boxes as the labels of %s have them', async (name) => {
    const [boxes, dense] = [await readFixture(name), await inputOf(name.replace(/-boxes$/, ''))]
    const labels = boxes.dataSets[0]?.inputs.find((input) => input.name === 'boxes')?.tensor as Tensor<'float32'>
    const ofBoxes = new Evaluator({ ...dense, labels }).outcome(own)
    const ofLabels = new Evaluator(dense).outcome(own)
    expect(ofBoxes.scales.map(({ objectMask }) => objectMask)).toEqual(
      ofLabels.scales.map(({ objectMask }) => objectMask),
    )
    expect(apart(ofBoxes.loss, ofLabels.loss)).toBeLessThan(1e-12)
  })
})
