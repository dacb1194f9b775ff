import { describe, expect, it } from 'vitest'
import { agrees, apart, sinceThen } from '../../../../src/view/live/batch/verdict.js'

const { NaN: none, POSITIVE_INFINITY: infinite } = Number

describe('a graph agrees with the reference', () => {
  it('within the tolerance, and no further', () => {
    expect([agrees(1.5, 1, 0.5), agrees(1.5, 1, 0.4)]).toEqual([true, false])
  })

  it('where both are NaN or the same infinity, and nowhere else beyond numbers', () => {
    expect([agrees(none, none, none), agrees(infinite, infinite, infinite)]).toEqual([true, true])
    expect([agrees(none, 1, 1), agrees(1, none, none), agrees(1, infinite, infinite), agrees(-infinite, infinite, infinite)]).toEqual([false, false, false, false]) // biome-ignore format: one row
    expect([apart(none, none), apart(infinite, infinite), apart(none, 1)]).toEqual([0, 0, none])
  })
})

describe('a loss after changes', () => {
  it.each([
    [2, 3.5, '1.5 more than at the beginning'],
    [3.5, 2, '1.5 less than at the beginning'],
    [2, 2, 'as at the beginning'],
    [2, none, 'which is no number now'],
    [none, none, 'as at the beginning'],
    [none, 2, 'which was no number at the beginning'],
    [2, infinite, 'which is infinite now'],
    [infinite, 2, 'which was infinite at the beginning'],
  ])('that was %d and is %d is told as: %s', (before, now, words) => {
    expect(sinceThen(before, now)).toBe(words)
  })
})
