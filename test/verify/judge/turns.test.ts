import { expect, test } from 'vitest'
import { oneByOne } from '../../../src/verify/judge/turns.js'

const busy = (milliseconds: number) => {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

test('between two items there is time for signals, as for whatever waits', async () => {
  let heard = -1
  let at = 0
  setTimeout(() => {
    heard = at
  }, 5)
  const results = await oneByOne([...Array(40).keys()], (item) => {
    at = item
    busy(5)
    return item * 2
  })
  expect(heard).toBeGreaterThanOrEqual(0)
  expect(heard).toBeLessThan(39)
  expect(results).toEqual([...Array(40).keys()].map((item) => item * 2))
})
