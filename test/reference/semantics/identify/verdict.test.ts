import { describe, expect, it } from 'vitest'
import { firstDifference } from '../../../../src/reference/semantics/identify/first.js'
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

describe('from what an implementation of whole objects returns for a batch that has no others', () => {
  const plain = new Evaluator(probe({ plain: true }))

  it.each(['darknet', 'gluon-cv', 'david8862'] as const)('%s is found for certain', { timeout: 120_000 }, (name) => {
    const { certain, fitting } = identify(plain, resultsOf(plain, semantics(name), everything))
    expect([certain, fitting[0]?.specs.map(spelledSpec)[0]]).toEqual([true, name])
  })
})

describe('a result that holds no number', () => {
  const results = resultsOf(evaluator, semantics('darknet'), everything)

  it('leaves the loss of which the others are the nearest', { timeout: 120_000 }, () => {
    const nothing = { shape: [], data: Float32Array.of(Number.NaN) }
    const changed = results.map((one) => (one.name === 'loss' ? { ...one, grid: nothing } : one))
    const { nearest, fitting } = identify(evaluator, changed)
    expect([fitting.length, nearest.specs.map(spelledSpec)[0]]).toEqual([0, 'darknet'])
  })

  it('is the first difference of a gradient, and no number beside it', () => {
    const name = 'grad_y_pred_1'
    const gradient = results.find((one) => one.name === name) as (typeof results)[number]
    const data = Float32Array.from(gradient.grid.data).fill(Number.NaN, 100, 101)
    const found = firstDifference(evaluator, [{ ...gradient, grid: { shape: [], data } }], semantics('darknet'), 1e-5)
    expect(found).toMatchObject({ name, theirs: Number.NaN, at: { image: 0, row: 0, column: 4, entry: 'objectness' } })
  })
})

describe('a loss of a box as a whole and of its numbers as well', () => {
  it('is found by its gradient, in which both stand in the same columns', { timeout: 120_000 }, () => {
    const own = { ...semantics('ultralytics-v3'), centre: 'squared' as const }
    const { certain, nearest } = identify(evaluator, resultsOf(evaluator, own, everything))
    expect([certain, nearest.specs.map(spelledSpec)[0]]).toEqual([true, 'ultralytics-v3,centre=squared'])
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
