import { describe, expect, it } from 'vitest'
import { improvements, regressions } from './compare.js'
import { merged, type Results, type Row } from './results.js'

const row = (changes: Partial<Row> = {}): Row => ({
  runtime: 'a',
  title: 'A',
  engine: 'A',
  version: '1',
  form: 'compact',
  mode: 'value',
  status: 'green',
  cases: 37,
  passed: 37,
  lossError: 1e-7,
  measure: 0.1,
  wrong: [],
  failures: [],
  date: '2026-01-01',
  ...changes,
})
const results = (...rows: Row[]): Results => ({ rows, notRun: [] })
const red = { status: 'red', passed: 0, failures: [{ error: 'no such operator', cases: 37 }] } as const
const wrong = { status: 'WRONG', passed: 30, wrong: ['tiny: loss, 8 times what is allowed'] } as const

describe('a run has become worse', () => {
  it.each([
    ['where a green cell turned red', row(), row(red), /was green and is red: 0 of 37.*no such operator/],
    ['where a green cell turned wrong', row(), row(wrong), /was green and is WRONG/],
    ['where a refusal became a wrong value', row(red), row(wrong), /returns wrong values now/],
    ['where a green cell has fewer cases', row(), row({ cases: 30, passed: 30 }), /is held to fewer cases/],
    ['where fewer cases pass', row({ ...wrong, passed: 31 }), row(wrong), /passes fewer cases/],
    ['where a green cell is gone', row(), row({ form: 'static', ...red }), /no longer in the matrix/],
  ])('%s', (_, before, now, text) => {
    expect(regressions(results(before), results(now))).toEqual([expect.stringMatching(text)])
  })

  it('where a wrong value was never told', () => {
    expect(regressions(results(), results(row(wrong)))).toEqual([expect.stringContaining('no word of it')])
  })

  it('but not where it is the same or better, nor in runtimes that did not run', () => {
    expect(regressions(results(row(red)), results(row()))).toEqual([])
    expect(regressions(results(row(wrong)), results(row(wrong)))).toEqual([])
    expect(regressions(results(row()), results())).toEqual([])
    expect(improvements(results(row(red)), results(row()))).toEqual(['A, compact, value: 37 of 37'])
  })
})

it('keeps the rows that a run does not cover, and drops those of runtimes that are no more', () => {
  const loop = row({ runtime: 'b', form: 'loop' })
  const before = results(row(), row({ runtime: 'b' }), loop, row({ runtime: 'gone' }))
  const now = results(row({ runtime: 'b', ...red }))
  const statuses = (all: Results) => all.rows.map(({ runtime, form, status }) => [runtime, form, status])
  expect(statuses(merged(before, now, ['b', 'a'], ({ form }) => form === 'compact'))).toEqual([
    ['b', 'compact', 'red'],
    ['b', 'loop', 'green'],
    ['a', 'compact', 'green'],
  ])
  expect(statuses(merged(before, now, ['b'], () => true))).toEqual([['b', 'compact', 'red']])
})
