import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeAtomic } from '../../src/io/index.js'
import { allCases } from './cases.js'
import { NotStarted } from './child.js'
import { improvements, regressions } from './compare.js'
import { environment, NotInstalled, system } from './environments.js'
import { inserted, matrix, retold } from './matrix.js'
import { rowsOf, type Setting } from './measure.js'
import type { Runtime } from './records.js'
import { merged, type NotRun, type Results, type Row } from './results.js'
import { partsOf, turnOf } from './rotation.js'
import { runtimes } from './runtimes.js'

const usage = `npm run test:frameworks -- [--only NAME,…] [--forms NAME,…] [--cases NAME,…] [--rotate COMMIT --budget SECONDS] [--write] | --render`
const options = {
  only: { type: 'string' },
  forms: { type: 'string' },
  cases: { type: 'string' },
  rotate: { type: 'string' },
  budget: { type: 'string', default: '780' },
  write: { type: 'boolean', default: false },
  render: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const { values } = parseArgs({ options })
const [json, page, readme] = ['graphs/frameworks.json', 'graphs/README.md', 'README.md'].map((name) =>
  fileURLToPath(new URL(`../../${name}`, import.meta.url)),
) as [string, string, string]
const names = runtimes.map(({ name }) => name)

const forms = values.forms?.split(',')
const covers = ({ form }: { readonly form: string }): boolean => forms?.includes(form) ?? true

/** The runtimes that are asked for, and a word on which part of the matrix that is. */
function chosen(): { list: readonly Runtime[]; told: string } {
  const { only, rotate, budget } = values
  if (only !== undefined) {
    const asked = only.split(',')
    const unknown = asked.filter((name) => !names.includes(name))
    if (unknown.length > 0) throw new Error(`no runtime is called ${unknown.join(', ')}; there are ${names.join(', ')}`)
    return { list: runtimes.filter(({ name }) => asked.includes(name)), told: `only ${only}` }
  }
  if (rotate === undefined) return { list: runtimes, told: 'all of the matrix' }
  const parts = partsOf(
    runtimes.filter((runtime) => !runtime.byNameOnly),
    Number(budget),
  )
  const turn = turnOf(rotate, parts.length)
  const list = parts[turn] ?? []
  return { list, told: `part ${turn + 1} of ${parts.length}: ${list.map(({ name }) => name).join(', ')}` }
}

function told(row: Row): string {
  const kind = [row.form, row.target && `--for ${row.target}`, row.opset && `opset ${row.opset}`, row.mode]
  const why = row.wrong[0] ?? row.failures[0]?.error
  return `${row.status.padEnd(5)} ${row.runtime}: ${kind.filter(Boolean).join(' ')}: ${row.passed} of ${row.cases}${why ? `: ${why}` : ''}`
}

/** All rows of a runtime, or why it could not be had. */
async function ran(runtime: Runtime, setting: Setting): Promise<Row[] | NotRun> {
  const began = Date.now()
  let [rows, installed]: [Row[], number] = [[], 0]
  try {
    await system(runtime.debian)
    const env = await environment(runtime.env, runtime.beside)
    installed = Date.now()
    rows = await rowsOf(runtime, env, setting)
  } catch (error) {
    const { name, title } = runtime
    if (error instanceof NotInstalled || error instanceof NotStarted)
      return { runtime: name, title, why: error.message }
    throw error
  }
  for (const row of rows) console.log(told(row))
  const seconds = (from: number, to: number) => Math.round((to - from) / 1000)
  console.log(
    `      ${runtime.name}: installed in ${seconds(began, installed)} s, ran ${seconds(installed, Date.now())} s`,
  )
  return rows
}

const committedResults = async (): Promise<Results> => JSON.parse(await readFile(json, 'utf8'))

async function write(results: Results): Promise<void> {
  await writeAtomic(json, `${JSON.stringify(results, null, 1)}\n`)
  await writeAtomic(page, inserted(await readFile(page, 'utf8'), matrix(results, runtimes)))
  await writeAtomic(readme, retold(await readFile(readme, 'utf8'), results))
}

async function main(): Promise<void> {
  if (values.help) return console.log(usage)
  const committed = await committedResults()
  if (values.render) return write(committed)
  if (values.write && values.cases !== undefined) throw new Error('--write wants all cases')
  const [began, date] = [Date.now(), new Date().toISOString().slice(0, 10)]
  const { list, told: which } = chosen()
  const work = await mkdtemp(join(tmpdir(), 'frameworks-'))
  try {
    const some = values.cases?.split(',')
    const cases = await allCases(join(work, 'cases'), (name) => some?.includes(name) ?? true)
    const run = { rows: [] as Row[], notRun: [] as NotRun[] }
    for (const runtime of list) {
      const asked = { ...runtime, diets: runtime.diets.filter(covers) }
      const result = await ran(asked, { cases, work, date })
      if (Array.isArray(result)) run.rows.push(...result)
      else run.notRun.push(result)
      if (values.write) await write(merged(await committedResults(), run, names, covers))
    }
    closed(committed, run)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  console.log(`frameworks ran ${which}, in ${Math.round((Date.now() - began) / 1000)} s`)
}

/** Compares with what was committed, as far as all cases ran, and ends with the counts. */
function closed(committed: Results, run: Results): void {
  const expectedMissing = new Set(committed.notRun.map(({ runtime }) => runtime))
  for (const { title, why, runtime } of run.notRun)
    console.log(`frameworks ${expectedMissing.has(runtime) ? 'not run' : 'DID NOT RUN'}: ${title}: ${why}`)
  const worse = values.cases === undefined ? regressions(committed, run, covers) : []
  for (const text of improvements(committed, run)) console.log(`better than committed: ${text}`)
  for (const text of worse) console.log(`FAILED ${text}`)
  console.log(`${Math.max(0, run.rows.length - worse.length)} passed, ${worse.length} failed`)
  if (worse.length > 0 && !values.write) process.exitCode = 1
  else if (run.notRun.some(({ runtime }) => !expectedMissing.has(runtime))) process.exitCode = 4
}

await main()
