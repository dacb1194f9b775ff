import { describe, expect, it } from 'vitest'
import { identify } from '../../../../src/reference/semantics/identify/verdict.js'
import { Evaluator } from '../../../../src/reference/semantics/loops/evaluate.js'
import { probe } from '../../../../src/reference/semantics/probe/probe.js'
import { profileNames, semantics } from '../../../../src/reference/semantics/profiles/profiles.js'
import { spelledSpec } from '../../../../src/reference/semantics/profiles/spec.js'
import { resultsOf } from '../../../support/semanticresults.js'
import { smallBatch } from '../../../support/semantics.js'

const evaluator = new Evaluator(probe())
const everything = ['loss', 'terms', 'gradients'] as const

describe('from what an implementation returns for the probe', () => {
  it.each(profileNames)('its loss, terms and gradients, %s is found', { timeout: 120_000 }, (name) => {
    const found = identify(evaluator, resultsOf(evaluator, semantics(name), everything))
    expect(found.nearest.specs.map(spelledSpec)).toContain(name)
    expect(found.nearest.candidate.farthest).toBeLessThan(1e-6)
    expect([found.certain, found.fitting.length]).toEqual([true, 1])
  })
})

describe('a batch that does not show every rule', () => {
  const own = new Evaluator(smallBatch(3))

  it('leaves all losses that fit, and none is certain', { timeout: 120_000 }, () => {
    const { fitting, certain } = identify(own, resultsOf(own, semantics('paddle'), ['loss']))
    expect(certain).toBe(false)
    expect(fitting.flatMap(({ specs }) => specs.map(spelledSpec))).toContain('paddle')
  })

  it('of a loss that nobody computes leaves the nearest', { timeout: 120_000 }, () => {
    const results = resultsOf(own, semantics('gluon-cv'), ['terms'])
    const [first] = results as [(typeof results)[number]]
    first.grid.data[0] = 1e6
    const { fitting, certain, nearest } = identify(own, results)
    expect([certain, fitting.length]).toEqual([false, 0])
    expect(nearest.candidate.farthest).toBeGreaterThan(0.1)
  })
})

describe('a number that is in use nowhere', () => {
  it('is fitted where it is named', { timeout: 120_000 }, () => {
    const own = { ...semantics('mmdetection'), whWeight: 3.7 }
    const results = resultsOf(evaluator, own, ['terms'])
    const { nearest, certain } = identify(evaluator, results, { free: ['whWeight'] })
    expect(nearest.specs[0]?.profile).toBe('mmdetection')
    expect(nearest.candidate.semantics.whWeight).toBeCloseTo(3.7, 5)
    expect(certain).toBe(true)
  })
})
