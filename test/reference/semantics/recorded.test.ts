import { describe, expect, it } from 'vitest'
import { batches } from '../../others/semantics/batches.js'
import { judge } from '../../others/semantics/judge.js'
import { programs } from '../../others/semantics/programs/programs.js'
import { recordedResults } from '../../others/semantics/results.js'

/** What `npm run test:other semantics` computes anew, as it was when it was recorded. */
describe('the reference', () => {
  it.each(programs)('agrees with what the program of $profile returned', { timeout: 300_000 }, async (program) => {
    const results = await recordedResults(program.profile)
    if (!results) throw new Error(`nothing was recorded of ${program.profile}`)
    const verdicts = await judge(program, results, await batches('fixtures'), () => {})
    expect(verdicts.filter(({ passed }) => !passed)).toEqual([])
  })
})
