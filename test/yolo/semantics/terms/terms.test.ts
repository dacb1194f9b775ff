import { describe, expect, it } from 'vitest'
import type { SemanticsInput } from '../../../../src/reference/semantics/cells/input.js'
import { Evaluator } from '../../../../src/reference/semantics/loops/evaluate.js'
import type { Profile } from '../../../../src/reference/semantics/profiles/profile.js'
import { semanticsOf } from '../../../../src/reference/semantics/profiles/profile.js'
import { profileNames, profiles } from '../../../../src/reference/semantics/profiles/profiles.js'
import type { RuleName, Semantics } from '../../../../src/reference/semantics/rules/rules.js'
import { termNames } from '../../../../src/yolo/semantics/terms/names.js'
import { smallBatch, variations } from '../../../support/semantics.js'
import { distance, found, type Making } from './small.js'

const batch = smallBatch(18)

async function expectTerms(input: SemanticsInput, semantics: Semantics, making: Making, rtol: number): Promise<void> {
  const own = new Evaluator(input)
  const outcome = own.outcome(semantics)
  const results = await found(input, semantics, making)
  const got = (name: string) => results.get(name)?.data as Float64Array | undefined
  const far: [string, number][] = [['loss', distance(got('loss') ?? [], [outcome.loss])]]
  const gradients = own.gradients(semantics)
  for (const [l, scale] of outcome.scales.entries()) {
    for (const name of termNames) {
      const { perImage } = own.term(name, l, semantics)
      far.push([`${name}_${l}`, distance(got(`sum_${name}_${l}`) ?? perImage.map(() => 0), perImage)])
      far.push([`part_${name}_${l}`, distance(got(`part_${name}_${l}`) ?? [0], [scale[name]])])
    }
    far.push([`grad_${l}`, distance(got(`grad_${l}`) ?? [], gradients[l] as Float64Array)])
  }
  expect(far.filter(([, apart]) => !(apart < rtol))).toEqual([])
}

/** Rules that the terms read; what the others decide is in the matches and masks. */
const read: readonly RuleName[] = [
  ...(['sharedBox', 'sharedClass', 'decode', 'centre', 'size', 'box', 'boxUnit', 'boxScale'] as const),
  ...(['objectness', 'objectTarget', 'class', 'classCells', 'smoothing', 'singleClass', 'reduction'] as const),
]

/** Each value of each rule beside one profile without a term box, one with it, and one of linear outputs. */
const bases: readonly string[] = ['keras-yolo3', 'ultralytics-v3', 'yolov1']
const changed = variations().filter(({ of, changed: rule }) => bases.includes(of) && rule && read.includes(rule))

describe('the terms of a scale in float64', () => {
  it.each(changed)('and their gradient by $name are those of the reference', async ({ semantics }) => {
    await expectTerms(batch, semantics, { form: 'static', dtype: 'float64', opset: 17 }, 1e-12)
  })
})

describe.each(profileNames)('the terms by %s', (name) => {
  const own = semanticsOf(profiles[name] as Profile)
  it.each([
    ['static', 'float32', 18, 1e-5],
    ['loop', 'float32', 13, 1e-5],
    ['loop', 'float64', 25, 1e-12],
    ['static', 'float64', 13, 1e-12],
  ] as const)('in the %s form in %s at opset %i are those of the reference', async (form, dtype, opset, rtol) => {
    await expectTerms(batch, own, { form, dtype, opset }, rtol)
  })
})
