import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readJson } from '../../../src/io/index.js'
import { type Batch, batches } from './batches.js'
import { digestOf } from './digest.js'
import { expectations, given } from './held.js'
import { apartBecause, type Program } from './programs/program.js'
import { programs } from './programs/programs.js'
import { arraysIn, type Recorded, type Run, recordOf } from './results.js'

/**
 * Keeps of what programs returned as much as a test without them needs: short arrays as they are, sums of the others.
 *
 *     tsx record.ts RESULTS && npx biome format --write test/others/semantics/recorded
 */
const [folder = ''] = process.argv.slice(2)

async function recordBatch(program: Program, batch: Batch): Promise<Record<string, readonly number[]>> {
  const arrays = await arraysIn(join(folder, program.profile), batch.name)
  return Object.fromEntries(
    expectations(program, given(batch)).flatMap(({ name, gradient }) => {
      const got = arrays.get(name)
      return got ? [[name, digestOf(got.data, (i) => apartBecause(program, gradient, i) !== undefined).numbers]] : []
    }),
  )
}

async function main(): Promise<void> {
  const all = await batches('fixtures')
  for (const program of programs) {
    const file = join(folder, program.profile, 'program.json')
    if (!existsSync(file)) continue
    const run = (await readJson(file)) as Run
    const recorded: Recorded['batches'] = Object.fromEntries(
      await Promise.all(
        all
          .filter(({ name }) => run.refused[name] === undefined)
          .map(async (batch) => [batch.name, await recordBatch(program, batch)] as const),
      ),
    )
    mkdirSync(dirname(recordOf(program.profile)), { recursive: true })
    writeFileSync(recordOf(program.profile), JSON.stringify({ ...run, batches: recorded }))
  }
}

main()
