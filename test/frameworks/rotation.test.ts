import fc from 'fast-check'
import { expect, it } from 'vitest'
import { partsOf, turnOf } from './rotation.js'

const some = fc
  .array(fc.integer({ min: 1, max: 900 }))
  .map((all) => all.map((seconds, i) => ({ name: `${i}`, seconds })))

it('puts every runtime into exactly one part, none over the budget but for what is so alone', () => {
  fc.assert(
    fc.property(some, fc.integer({ min: 100, max: 900 }), (all, budget) => {
      const parts = partsOf(all, budget)
      expect(
        parts
          .flat()
          .map(({ name }) => name)
          .sort(),
      ).toEqual(all.map(({ name }) => name).sort())
      for (const part of parts) {
        const seconds = part.reduce((sum, one) => sum + one.seconds, 0)
        expect(part.length === 1 || seconds <= budget).toBe(true)
      }
    }),
  )
})

it('lets a commit choose a part, every part by some', () => {
  const commits = Array.from({ length: 64 }, (_, i) => (i * 2654435761).toString(16).padStart(40, '0'))
  expect(turnOf('deadbeef00000000', 3)).toBe(turnOf('deadbeefffffffff', 3))
  expect(new Set(commits.map((commit) => turnOf(commit.slice(-8), 4)))).toEqual(new Set([0, 1, 2, 3]))
})
