import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { writeAtomic } from '../../src/io/index.js'
import { environment } from './environments.js'
import { faults, type UpstreamFault } from './faults.js'
import { inserted } from './matrix.js'
import { standing, table, type Verdict, verdictOf } from './verdicts.js'

const run = promisify(execFile)
const { values } = parseArgs({ options: { only: { type: 'string' }, write: { type: 'boolean', default: false } } })
const page = fileURLToPath(new URL('upstream/README.md', import.meta.url))
const chosen = faults.filter(({ program }) => values.only?.split(',').includes(program) ?? true)

/** What a program says in an environment, to which the packages for making models are added. */
async function verdictIn(program: string, env: string, work: string): Promise<Verdict> {
  const { command } = await environment(env, 'onnx')
  const [first, ...words] = command as [string, ...string[]]
  const file = fileURLToPath(new URL(`upstream/${program}`, import.meta.url))
  // Some libraries crash on their way out, when all is said.
  const { stdout, stderr } = await run(first, [...words, file], { cwd: work, timeout: 180_000 }).catch((error) => error)
  const lines = `${stdout ?? ''}`.split('\n')
  return verdictOf(program, lines.some((line) => /^(PASS|FAIL) /.test(line)) ? lines : `${stderr ?? ''}`.split('\n'))
}

async function verdictsOf({ program, envs }: UpstreamFault, work: string): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const env of envs) verdicts.push(await verdictIn(program, env, work))
  return verdicts
}

/** Every program in every environment; what they print is the table of the page. A fault that is mended is told, and no failure. */
async function main(): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'upstream-'))
  const rows: { fault: UpstreamFault; verdicts: readonly Verdict[] }[] = []
  const broken: string[] = []
  try {
    for (const fault of chosen)
      try {
        const verdicts = await verdictsOf(fault, work)
        rows.push({ fault, verdicts })
        console.log(`${fault.program}: ${fault.what}: ${standing(verdicts)}`)
      } catch (error) {
        broken.push(fault.program)
        console.log(`FAILED ${fault.program}: ${(error as Error).message}`)
      }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  if (values.only === undefined && broken.length === 0) await told(inserted(await readFile(page, 'utf8'), table(rows)))
  console.log(`${rows.length} passed, ${broken.length} failed`)
  process.exitCode = broken.length === 0 ? 0 : 1
}

async function told(now: string): Promise<void> {
  if (values.write) await writeAtomic(page, now)
  else if (now !== (await readFile(page, 'utf8')))
    console.log('not as the page says: npm run test:frameworks:upstream -- --write')
}

await main()
