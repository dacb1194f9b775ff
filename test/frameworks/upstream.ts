import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { writeAtomic } from '../../src/io/index.js'
import { environment } from './environments.js'
import { faults } from './faults.js'
import { inserted } from './matrix.js'

const run = promisify(execFile)
const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } })
const page = fileURLToPath(new URL('upstream/README.md', import.meta.url))

/** The lines of a program that are verdicts. @throws Error where it gives none: then it shows nothing */
async function verdicts(program: string, env: string, work: string): Promise<string[]> {
  const { command } = await environment(env)
  const [python, ...words] = command as [string, ...string[]]
  const file = fileURLToPath(new URL(`upstream/${program}`, import.meta.url))
  const { stdout } = await run(python, [...words, file], { cwd: work, timeout: 120_000 })
  const lines = stdout.split('\n').filter((line) => /^(PASS|FAIL) /.test(line))
  if (lines.length === 0) throw new Error(`${program} in ${env} gave no verdict`)
  return lines
}

/** Every program in every environment; what it prints is the table of the page. */
async function main(): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'upstream-'))
  const rows: string[] = []
  try {
    for (const { program, envs, what, harm } of faults)
      for (const env of envs)
        for (const line of await verdicts(program, env, work)) {
          console.log(`${line} (${what})`)
          rows.push(`| [${program}](${program}) | ${what} | ${harm} | ${line.replaceAll('|', '\\|')} |`)
        }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  const table = ['| program | fault | harm | said |', '|---|---|---|---|', ...rows, ''].join('\n')
  const [before, now] = [await readFile(page, 'utf8'), inserted(await readFile(page, 'utf8'), table)]
  if (values.write) await writeAtomic(page, now)
  const same = values.write || before === now
  console.log(same ? 'as the page says' : 'not as the page says: npm run test:frameworks:upstream -- --write')
  console.log(`${rows.length} passed, ${same ? 0 : 1} failed`)
  process.exitCode = same ? 0 : 1
}

await main()
