import { describe, expect, it } from 'vitest'
import { History } from '../../../src/view/curve/history.js'
import { Holes } from '../../../src/view/curve/holes.js'
import { columnsOf, unbroken } from '../../../src/view/curve/span.js'
import { lineOf } from './lines.js'

/** So many numbers, at a distance from one another. */
const stretch = (from: number, count: number, distance = 1) =>
  Array.from({ length: count }, (_, i) => from + i * distance)

/** The steps after which some are missing. */
function holesOf(steps: readonly number[]): number[] {
  const holes = new Holes()
  const found = steps.flatMap((step) => holes.add({ step, epoch: 0, seconds: 0 }) ?? [])
  return [...found, ...holes.last].map(({ line, place }) => {
    expect(steps[line]).toBe(place.step)
    return place.step
  })
}

describe('steps are missing', () => {
  it.each([
    ['where the distance is far beyond that of its neighbours', [...stretch(0, 50), ...stretch(1000, 50)], [49]],
    ['twice, with few lines between', [...stretch(0, 20), 500, 501, ...stretch(1000, 20)], [19, 501]],
    ['near the beginning', [0, 1, ...stretch(500, 20)], [1]],
    ['near the end', [...stretch(0, 20), 500], [19]],
    ['in a log of every hundredth step', [...stretch(0, 9, 100), ...stretch(9000, 9, 100)], [800]],
  ])('%s', (_, steps, after) => {
    expect(holesOf(steps)).toEqual(after)
  })

  it.each([
    ['in a log of every step', stretch(0, 100)],
    ['in one of every hundredth', stretch(0, 100, 100)],
    ['where the distance grows and stays so', [...stretch(0, 100), ...stretch(200, 100, 100)]],
    ['where it shrinks', [...stretch(0, 100, 100), ...stretch(9901, 100)]],
    ['between two lines alone', [0, 1000]],
    ['in one line', [7]],
  ])('not %s', (_, steps) => {
    expect(holesOf(steps)).toEqual([])
  })
})

describe('a line', () => {
  const parts = (steps: readonly number[], more: Parameters<typeof lineOf>[2] = {}, name = 'loss') => {
    const history = new History('a.jsonl')
    for (const step of steps) history.add(lineOf(step, 2, more))
    const last = steps.at(-1) as number
    return unbroken(columnsOf(history.spans(name), 400, (x) => x / last)).map((part) => [part[0]?.column, part.at(-1)?.column]) // biome-ignore format: one line
  }

  it('is broken where steps are missing', () => {
    expect(parts([...stretch(0, 50), ...stretch(1000, 1000)])).toEqual([[0, 9], [200, 399]]) // biome-ignore format: one line
  })

  it('is so in a log whose spans have many lines each', () => {
    expect(parts([...stretch(0, 10_001), ...stretch(50_000, 50_000)])).toEqual([[0, 39], [200, 399]]) // biome-ignore format: one line
  })

  it('is none where no pixel is without a line', () => {
    expect(parts([...stretch(0, 5000), ...stretch(5015, 95_000)])).toEqual([[0, 399]])
  })
})
