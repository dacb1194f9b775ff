import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Fuzzer } from './hunt.js'
import { Hunter } from './hunter.js'

/**
 * Reads changed files for a while: `npm run fuzz -- [--seconds 600] [--seed N] [NAME…]`, as many readers at a time as there
 * are processors, each in a process of its own that is ended when a reading hangs or takes too much memory. What a reader
 * stumbles over is written to `found`, where the tests read it ever after. `--table` and `--found` are for readers and
 * findings of others.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string' },
    table: { type: 'string', default: new URL('table.ts', import.meta.url).href },
    found: { type: 'string', default: fileURLToPath(new URL('found', import.meta.url)) },
  },
})
const { fuzzers } = (await import(values.table)) as { readonly fuzzers: readonly Fuzzer[] }
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

/** Whether nothing was found. */
async function passes({ name }: Fuzzer): Promise<boolean> {
  const hunter = new Hunter(values.table)
  const { executions, finding } = await hunter.hunt(name, Number(values.seconds), seed).finally(() => hunter.close())
  if (finding) await writeFile(join(values.found, finding.file), finding.bytes)
  const why = finding ? `${finding.why}\n  it is kept as ${finding.file}` : 'nothing found'
  process.stdout.write(`${name}: ${executions} executions, seed ${seed}, ${why}\n`)
  return !finding
}

/** The readers in turn, each taken by the first processor that is free. */
async function all(asked: readonly Fuzzer[]): Promise<boolean[]> {
  const left = [...asked]
  const results: boolean[] = []
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) results.push(await passes(next))
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return results
}

const asked = fuzzers.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const results = await all(asked)
const passed = results.filter((well) => well).length
process.stdout.write(`${passed} passed, ${results.length - passed} failed\n`)
if (passed < results.length || results.length === 0) process.exitCode = 1
