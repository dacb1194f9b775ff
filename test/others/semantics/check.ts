import { join } from 'node:path'
import { batches } from './batches.js'
import { identified } from './identified.js'
import { judge, type Verdict } from './judge.js'
import { programs } from './programs/programs.js'
import { resultsIn } from './results.js'

/**
 * Holds the float64 reference of each profile to what its program returned, and asks which loss that is.
 *
 *     tsx check.ts RESULTS PROFILE…          RESULTS/<profile>/<batch>.npz, as the runners write them
 */
const [folder = '', ...named] = process.argv.slice(2)

async function main(): Promise<void> {
  const all = await batches('fixtures')
  const verdicts: Verdict[] = []
  for (const program of programs.filter(({ profile }) => named.includes(profile))) {
    const results = await resultsIn(join(folder, program.profile))
    const answer = await identified(program, folder, results, all)
    verdicts.push(...(await judge(program, results, all, console.log)), answer)
    console.log(answer.line)
  }
  const good = verdicts.filter(({ passed }) => passed).length
  console.log(`${good} passed, ${verdicts.length - good} failed`)
  process.exitCode = good === verdicts.length && good > 0 ? 0 : 1
}

main()
