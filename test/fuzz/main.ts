import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { hunt } from './hunt.js'
import { fuzzers } from './table.js'

/**
 * Reads changed files for a while: `npx tsx test/fuzz/main.ts [--seconds 600] [--seed N] [NAME…]`. What a reader stumbles
 * over is written to `found`, where the tests read it ever after.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' } },
})
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
const found = fileURLToPath(new URL('found', import.meta.url))
for (const fuzzer of fuzzers) {
  if (positionals.length > 0 && !positionals.includes(fuzzer.name)) continue
  const { executions, finding } = await hunt(fuzzer, Number(values.seconds), seed)
  process.stdout.write(
    `${fuzzer.name}: ${executions} executions, seed ${seed}, ${finding ? finding.why : 'nothing found'}\n`,
  )
  if (!finding) continue
  process.exitCode = 1
  await writeFile(join(found, finding.file), finding.bytes)
}
