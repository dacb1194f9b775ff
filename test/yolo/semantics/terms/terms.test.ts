import { describe, it } from 'vitest'
import type { Profile } from '../../../../src/reference/semantics/profiles/profile.js'
import { semanticsOf } from '../../../../src/reference/semantics/profiles/profile.js'
import { profileNames, profiles } from '../../../../src/reference/semantics/profiles/profiles.js'
import type { RuleName } from '../../../../src/reference/semantics/rules/rules.js'
import { smallBatch, variations } from '../../../support/semantics.js'
import { expectTerms } from './expected.js'

const batch = smallBatch(18)

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
