import { describe, expect, it } from 'vitest'
import { apart } from '../../../../src/reference/semantics/identify/compare.js'
import { Evaluator } from '../../../../src/reference/semantics/loops/evaluate.js'
import { readBy } from '../../../../src/reference/semantics/loops/memo.js'
import { probe } from '../../../../src/reference/semantics/probe/probe.js'
import { semantics } from '../../../../src/reference/semantics/profiles/profiles.js'
import { ruleNames, type Semantics } from '../../../../src/reference/semantics/rules/rules.js'
import { termNames } from '../../../../src/reference/semantics/rules/terms.js'
import { variations } from '../../../support/semantics.js'

/** How far two losses are in the component or the gradient in which they are farthest. */
function farthest(evaluator: Evaluator, a: Semantics, b: Semantics): number {
  const [ours, theirs] = [evaluator.outcome(a).scales, evaluator.outcome(b).scales]
  const terms = ours.map((scale, l) => Math.max(...termNames.map((name) => apart(scale[name], theirs[l]?.[name] ?? 0))))
  const gradients = evaluator.gradients(a).map((own, l) => {
    const other = evaluator.gradients(b)[l] as Float64Array
    const distance = own.reduce((sum, g, i) => sum + (g - (other[i] ?? 0)) ** 2, 0)
    return Math.sqrt(distance / other.reduce((sum, g) => sum + g * g, 0))
  })
  const all = [...terms, ...gradients]
  return all.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...all)
}

/** What no batch of this kind can tell, by `rule: value, value`, and why. */
const alike: Readonly<Record<string, string>> = {
  'pixels: exact, float32': 'differ in centres on borders of cells, and in rounding',
  'pixels: exact, stride': 'the same',
  'pixels: float32, stride': 'the same',
  'reduction: image, sum': 'the numbers are the same, of all images together',
  'singleClass: counts, none': 'shows with one class alone, below',
}

/** The same for one profile, with the reason. */
const ofOne: Readonly<Record<string, string>> = {
  'mmdetection sharedBox': 'its assignment gives a row of predictions one box',
  'mmdetection sharedClass': 'the same',
  'ultralytics-v3 boxUnit': 'an ε of 1e-7 stands beside boxes that are no smaller than a quarter of an anchor',
  'yunyang boxUnit': 'an ε of 1e-6 in square pixels',
  'david8862 boxUnit': 'an ε of 1e-7 of whole pixels',
}

const evaluator = new Evaluator(probe())

describe('the probe', () => {
  const changed = variations().flatMap(({ of, changed: rule, semantics: own, name }) =>
    rule ? [{ of, rule, own, name }] : [],
  )

  it.each(changed)('shows $name', ({ of, rule, own }) => {
    const base = semantics(of)
    const pair = `${rule}: ${[base[rule], own[rule]].sort().join(', ')}`
    const isRead = readBy(base, (watched) => evaluator.outcome(watched)).has(rule)
    const isTold = farthest(evaluator, own, base) > 1e-4
    // What a loss does not read is not its rule, and what is excused must be in need of it.
    expect(isTold).toBe(isRead && !(pair in alike) && !(`${of} ${rule}` in ofOne) && matters(base, own, rule))
  })

  it.each([{}, { plain: true }, { classes: 1 }])('shows a mask where there was none, of options %j', (options) => {
    const own = new Evaluator(probe(options))
    const base = semantics('ultralytics-v3')
    expect(farthest(own, { ...base, maskOf: 'predictions' }, base)).toBeGreaterThan(1e-3)
  })

  it('of one class shows what is done with it', () => {
    const one = new Evaluator(probe({ classes: 1 }))
    const base = semantics('keras-yolo3')
    expect(farthest(one, { ...base, singleClass: 'none' }, base)).toBeGreaterThan(0.1)
  })

  it('reads every rule in some profile, but for those of a single class and of what is given out for the gradient', () => {
    const read = new Set(changed.flatMap(({ of }) => [...readBy(semantics(of), (own) => evaluator.outcome(own))]))
    expect(ruleNames.filter((name) => !read.has(name))).toEqual(['singleClass', 'backward'])
  })

  it('has labels instead of boxes, whole objects, and other numbers of classes where that is asked for', () => {
    expect(probe({ labels: 'dense' }).labels).toHaveLength(3)
    expect(probe({ whole: true })).toMatchObject({ labels: { shape: [3, 8, 5] }, anchorMask: probe().anchorMask })
    expect(probe({ plain: true }).labels).toMatchObject({ shape: [3, 8, 5] })
    expect(probe({ classes: 7 }).logits[0]?.shape).toEqual([3, 4, 4, 36])
    expect(Array.from(probe().logits[2]?.data ?? []).every(Number.isFinite)).toBe(true)
  })

  it('is the same each time', () => {
    expect(probe()).toEqual(probe())
  })
})

/** Some rules are read for nothing: where there is no ε, of the box or of smoothing. */
function matters(base: Semantics, own: Semantics, rule: string): boolean {
  if (rule === 'boxUnit') return base.boxEpsilon > 0 && base.box !== 'none'
  if (rule === 'smoothing') return base.smooth > 0 || [base, own].some(({ smoothing }) => smoothing === 'flip')
  return true
}
