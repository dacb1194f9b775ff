import { expect, it } from 'vitest'
import type { Pointwise } from '../../../../src/reference/semantics/formulas/pointwise.js'
import { squared } from '../../../../src/reference/semantics/formulas/squared.js'
import { Memo, readBy } from '../../../../src/reference/semantics/loops/memo.js'
import { semantics } from '../../../../src/reference/semantics/profiles/profiles.js'
import { rule } from '../../../../src/reference/semantics/rules/rule.js'
import type { Semantics, SettingName } from '../../../../src/reference/semantics/rules/rules.js'

// A rule as one would add it: how large errors of a size are taken.
// The record …
const tails = rule({
  asks: 'how large errors of the size count',
  values: {
    squared: { says: 'by their square', formula: '(t − z)²' },
    huber: { says: 'by their square up to 1, and then in proportion', formula: 'd² if |d| ≤ 1, else 2|d| − 1' },
  },
})

// … a formula with its derivative …
const huber: Pointwise = (z, t) => {
  const d = t - z
  return Math.abs(d) <= 1 ? squared(z, t) : { value: 2 * Math.abs(d) - 1, slope: 2 * Math.sign(d) }
}

// … and its place in the loop: a table that is whole, and the reading of the rule.
type Extended = Semantics & { readonly tails: keyof (typeof tails)['values'] }
const losses: Readonly<Record<Extended['tails'], Pointwise>> = { squared, huber }

const errors = [-2, -0.5, 0.25, 3]
const term = (own: Semantics): number => {
  const loss = losses[(own as Extended).tails]
  return errors.reduce((sum, t) => sum + loss(0, t).value, 0)
}

const extended = (value: Extended['tails']): Extended => ({ ...semantics('darknet'), tails: value })

it('a further rule is a record, a formula and a row of a table: the search for what depends on it finds it by itself', () => {
  const memo = new Memo()
  const computed: string[] = []
  const asked = (own: Semantics) =>
    memo.recall('tails', own, (watched) => {
      computed.push((watched as Extended).tails)
      return term(watched)
    })
  expect([...readBy(extended('huber'), term)]).toEqual(['tails' as SettingName])
  expect(asked(extended('squared'))).toBeCloseTo(13.3125, 12)
  expect(asked(extended('huber'))).toBeCloseTo(8.3125, 12)
  // Another rule that the term does not read computes nothing again.
  expect(asked({ ...extended('huber'), reduction: 'batch' } as Extended)).toBeCloseTo(8.3125, 12)
  expect(computed).toEqual(['squared', 'huber'])
})

it('its derivative is what differences say', () => {
  const step = 1e-6
  for (const t of errors) {
    const difference = (huber(0, t + step).value - huber(0, t - step).value) / (2 * step)
    expect(huber(0, t).slope).toBeCloseTo(difference, 6)
  }
})
