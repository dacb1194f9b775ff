import { expect } from 'vitest'
import type { SemanticsInput } from '../../../../src/reference/semantics/cells/input.js'
import { Evaluator } from '../../../../src/reference/semantics/loops/evaluate.js'
import type { Semantics } from '../../../../src/reference/semantics/rules/rules.js'
import { termNames } from '../../../../src/reference/semantics/rules/terms.js'
import { distance, found, type Making } from './small.js'

/** Holds loss, terms of images, components and gradients to the reference, relative to their size. */
export async function expectTerms(
  input: SemanticsInput,
  semantics: Semantics,
  making: Making,
  rtol: number,
): Promise<void> {
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
