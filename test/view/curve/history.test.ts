import { describe, expect, it } from 'vitest'
import { History } from '../../../src/view/curve/history.js'
import { columnsOf, joined, unbroken } from '../../../src/view/curve/span.js'
import { historyOf, lineOf } from './lines.js'

describe('a history', () => {
  it('has a span for each step of a short training', () => {
    const history = historyOf([5, 3, 2], (step) => (step === 1 ? { validation: { loss: 4, images: 8 } } : {}))
    expect(history.spans('loss').map(({ from, to, mean }) => [from, to, mean])).toEqual([[0, 0, 5], [1, 1, 3], [2, 2, 2]]) // biome-ignore format: one line
    expect(history.spans('excess').map(({ mean }) => mean)).toEqual([4, 2, 1])
    expect(history.spans('validation').map(({ count, mean }) => [count, mean])).toEqual([[0, Number.NaN], [1, 4], [0, Number.NaN]]) // biome-ignore format: one line
    expect([history.steps, history.seconds, history.last?.step]).toEqual([3, 1.5, 2])
  })

  it.each([
    ['step', [0, 1, 2]],
    ['epoch', [0, 0.1, 0.2]],
    ['seconds', [0, 0.5, 1]],
  ] as const)('places them by %s', (axis, places) => {
    expect(historyOf([5, 3, 2]).spans('loss', axis).map(({ from }) => from)).toEqual(places) // biome-ignore format: one line
  })

  it('keeps least, most, mean and every gap of a long one, in as many spans as before', () => {
    const history = new History('long')
    const steps = 300_000
    for (let step = 0; step < steps; step++)
      history.add(lineOf(step, step === 200_003 ? 1e6 : step === 123_456 ? 'NaN' : (step % 10) + 1))
    const spans = history.spans('loss')
    expect(spans.length).toBeLessThanOrEqual(2048)
    expect(spans.length).toBeGreaterThan(1024)
    const all = joined(spans)
    expect(all).toMatchObject({ from: 0, to: steps - 1, least: 1, most: 1e6, count: steps - 1, missing: 1 })
    expect(all.mean).toBeCloseTo((5.5 * steps - 7 - 4 + 1e6) / (steps - 1), 6)
    expect(spans.filter(({ missing }) => missing > 0).map(({ from, to }) => from <= 123_456 && 123_456 <= to)).toEqual([true]) // biome-ignore format: one line
    for (const [i, span] of spans.entries()) expect(span.from).toBe(i === 0 ? 0 : (spans[i - 1]?.to ?? 0) + 1)
  })

  it.each([
    [0.0001, 30_000],
    [0.001, 30_000],
    [0.01, 1_000_000],
  ])('has %d for the mean of every span of a rate that is %d at all steps', (rate, steps) => {
    const history = new History('constant')
    for (let step = 0; step < steps; step++) history.add(lineOf(step, 1, { rate }))
    const spans = history.spans('rate')
    expect(new Set(spans.map(({ mean }) => mean))).toEqual(new Set([rate]))
    expect(joined(spans)).toMatchObject({ least: rate, most: rate, mean: rate, count: steps })
    expect(new Set(columnsOf(spans, 300, (x) => x / steps).map(({ mean }) => mean))).toEqual(new Set([rate]))
  })

  it('has a mean of the largest numbers that there are, and takes for missing what is not finite alone', () => {
    const most = Number.MAX_VALUE
    const history = historyOf(Array.from({ length: 5000 }, (_, step) => (step === 4999 ? 'Infinity' : most)))
    expect(joined(history.spans('loss'))).toMatchObject({ least: most, most, mean: most, count: 4999, missing: 1 })
    expect(joined(historyOf([most, -most, 1e300]).spans('loss'))).toMatchObject({ least: -most, most, count: 3, missing: 0 }) // biome-ignore format: one line
  })

  it('keeps a term apart from a number of its name, and names of objects', () => {
    const history = historyOf([5], () => ({ terms: { loss: 7, ['__proto__']: 1, constructor: 2 } }))
    expect(history.spans('loss')[0]?.mean).toBe(5)
    expect(history.terms).toEqual(['loss', '__proto__', 'constructor'])
    expect(history.terms.map((term) => history.spansOf(term)[0]?.mean)).toEqual([7, 1, 2])
  })

  it('refuses more terms than there are', () => {
    const terms = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`t${i}`, i]))
    expect(() => historyOf([1], () => ({ terms }))).toThrow('a.jsonl: has more than 64 terms')
  })
})

describe('columns of pixels', () => {
  const spans = historyOf([1, 9, 2, 'NaN', 4, 3]).spans('loss')

  it('keep the least and the most of what falls into them', () => {
    const columns = columnsOf(spans, 2, (x) => x / 5)
    expect(columns.map(({ column, least, most, count, missing }) => [column, least, most, count, missing])).toEqual([[0, 1, 9, 3, 0], [1, 3, 4, 2, 1]]) // biome-ignore format: one line
  })

  it('are parted where a number is missing, and joined where there is none to have', () => {
    const parts = unbroken(columnsOf(spans, 6, (x) => x / 5))
    expect(parts.map((part) => part.map(({ column }) => column))).toEqual([[0, 1, 2], [4, 5]]) // biome-ignore format: one line
    const some = historyOf([1, 1, 1, 1], (step) => (step % 3 === 0 ? { validation: { loss: 2, images: 1 } } : {}))
    expect(unbroken(columnsOf(some.spans('validation'), 4, (x) => x / 4))).toHaveLength(1)
  })
})
