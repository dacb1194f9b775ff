import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readJson } from '../../../src/io/index.js'
import { type Batch, batches } from './batches.js'
import { type Comparison, compare } from './compare.js'
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

/** What is kept of a batch, and how the whole of it compares. */
interface Kept {
  readonly name: string
  readonly arrays: Readonly<Record<string, readonly number[]>>
  readonly comparisons: readonly Comparison[]
}

async function keep(program: Program, batch: Batch): Promise<Kept> {
  const arrays = await arraysIn(join(folder, program.profile), batch.name)
  const found = expectations(program, given(batch)).flatMap((expected) => {
    const got = arrays.get(expected.name)
    return got ? [{ expected, got: got.data }] : []
  })
  const digests = found.map(({ expected: { name, gradient }, got }) => {
    const { numbers } = digestOf(got, (i) => apartBecause(program, gradient, i) !== undefined)
    return [name, numbers] as const
  })
  const comparisons = found.map(({ expected, got }) => compare(expected, got, program))
  return { name: batch.name, arrays: Object.fromEntries(digests), comparisons }
}

async function record(program: Program, run: Run, all: readonly Batch[]): Promise<Recorded> {
  const taken = all.filter(({ name }) => run.refused[name] === undefined)
  const kept = await Promise.all(taken.map((batch) => keep(program, batch)))
  const comparisons = kept.flatMap((own) => own.comparisons)
  return {
    ...run,
    numbers: comparisons.reduce((sum, { elements }) => sum + elements, 0),
    farthest: comparisons.reduce((most, own) => Math.max(most, own.farthest), 0),
    batches: Object.fromEntries(kept.map(({ name, arrays }) => [name, arrays])),
  }
}

async function main(): Promise<void> {
  const all = await batches('fixtures')
  for (const program of programs) {
    const file = join(folder, program.profile, 'program.json')
    if (!existsSync(file)) continue
    const recorded = await record(program, (await readJson(file)) as Run, all)
    mkdirSync(dirname(recordOf(program.profile)), { recursive: true })
    writeFileSync(recordOf(program.profile), JSON.stringify(recorded))
  }
}

main()
