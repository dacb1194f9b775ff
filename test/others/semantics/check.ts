import { join } from 'node:path'
import { batches } from './batches.js'
import { judge, type Verdict } from './judge.js'
import { programs } from './programs/programs.js'
import { resultsIn } from './results.js'

/**
 * Holds the float64 reference of each profile to what its program returned.
 *
 *     tsx check.ts RESULTS PROFILE…          RESULTS/<profile>/<batch>.npz, as the runners write them
 */
const [folder = '', ...named] = process.argv.slice(2)

async function main(): Promise<void> {
  const all = await batches('fixtures')
  const verdicts: Verdict[] = []
  for (const program of programs.filter(({ profile }) => named.includes(profile))) {
    const results = await resultsIn(join(folder, program.profile))
    verdicts.push(...(await judge(program, results, all, console.log)))
  }
  const good = verdicts.filter(({ passed }) => passed).length
  console.log(`${good} passed, ${verdicts.length - good} failed`)
  process.exitCode = good === verdicts.length && good > 0 ? 0 : 1
}

main()
