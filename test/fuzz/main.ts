import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Fuzzer, hunt } from './hunt.js'
import { fuzzers } from './table.js'

/**
 * Reads changed files for a while: `npm run fuzz -- [--seconds 600] [--seed N] [NAME…]`, as many readers at a time as there
 * are processors. What a reader stumbles over is written to `found`, where the tests read it ever after.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' } },
})
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
const found = fileURLToPath(new URL('found', import.meta.url))
const here = fileURLToPath(import.meta.url)

/** One reader in this process; whether nothing was found. */
async function alone(fuzzer: Fuzzer): Promise<boolean> {
  const { executions, finding } = await hunt(fuzzer, Number(values.seconds), seed)
  const why = finding?.why ?? 'nothing found'
  process.stdout.write(`${fuzzer.name}: ${executions} executions, seed ${seed}, ${why}\n`)
  if (finding) await writeFile(join(found, finding.file), finding.bytes)
  return !finding
}

/** One in a process of its own. */
function apart({ name }: Fuzzer): Promise<boolean> {
  const args = [...process.execArgv, here, '--seconds', values.seconds, '--seed', `${seed}`, name]
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  return new Promise((resolve) => child.on('close', (code) => resolve(code === 0)))
}

/** The readers in turn, each taken by the first processor that is free. */
async function all(asked: readonly Fuzzer[]): Promise<boolean[]> {
  const left = [...asked]
  const results: boolean[] = []
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) results.push(await apart(next))
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return results
}

const asked = fuzzers.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const [only] = asked
const results = asked.length === 1 && only ? [await alone(only)] : await all(asked)
const passed = results.filter((well) => well).length
if (asked.length !== 1) process.stdout.write(`${passed} passed, ${results.length - passed} failed\n`)
if (passed < results.length || results.length === 0) process.exitCode = 1
