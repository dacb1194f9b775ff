import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AnyTensor, decodeNpz } from '../../src/io/index.js'
import { readModel } from '../../src/onnx/index.js'
import type { Complaint } from './blame.js'
import type { Case } from './cases.js'
import { child, type Ending } from './child.js'
import type { Environment } from './environments.js'
import { judge, type Verdict } from './judge.js'
import type { Diet, Mode, Runtime } from './records.js'
import type { Row } from './results.js'
import { rowFrom } from './row.js'

/** What all rows of a run have in common. */
export interface Setting {
  readonly cases: readonly Case[]
  readonly work: string
  readonly date: string
}

/** A case in one mode, as a runner reads it; and what we need of it afterwards. */
interface Job {
  readonly id: string
  readonly mode: Mode
  readonly graph: string
  readonly data: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly wrt: readonly string[]
  readonly out: string
}

interface Task {
  readonly job: Job
  readonly bytes: Uint8Array
  readonly promised: readonly string[]
  readonly of: Case
}

/** Seconds that a case may take in any framework; those that compile need most of it. */
const longest = 90

/** After so many deaths of the process the rest of a row counts as not run. */
const mostDeaths = 4

const runners = fileURLToPath(new URL('runners', import.meta.url))
/** Whether a mode gives the loss and its gradient, without the components of a graph. */
const isShort = (mode: Mode): boolean => mode.includes('derived') || mode === 'program'

/** A kind of graph in one mode. */
export interface Kind {
  readonly diet: Diet
  readonly mode: Mode
}

/** The job of a case, if the exporter has a graph for it. */
async function taskOf(of: Case, { diet, mode }: Kind, id: string, work: string): Promise<Task | undefined> {
  const bytes = of.graph(diet, mode === 'gradient' || mode === 'program')
  if (!bytes) return undefined
  const info = readModel(bytes, of.name)
  const [inputs, outputs] = [info.inputs, info.outputs].map((list) => list.map(({ name }) => name)) as [
    string[],
    string[],
  ]
  const [graph, out] = [join(work, `${id}.onnx`), join(work, `${id}.out.npz`)]
  await writeFile(graph, bytes)
  const wrt = inputs.filter((name) => name.startsWith('y_pred'))
  const promised = isShort(mode) ? ['loss', ...wrt.map((name) => `grad_${name}`)] : outputs
  return { job: { id, mode, graph, data: of.data, inputs, outputs, wrt, out }, bytes, promised, of }
}

/** What came of a case: a verdict on its results, or the framework's complaint. */
async function outcome({ job, bytes, promised, of }: Task, ending: Ending | undefined): Promise<Verdict | Complaint> {
  if (!ending) return { error: 'the runner said nothing of it', graph: bytes }
  if ('failed' in ending) return { error: ending.failed, graph: bytes }
  const results = await decodeNpz(await readFile(job.out), job.out)
  return judge(results as ReadonlyMap<string, AnyTensor>, promised, of.expected)
}

/** Runs jobs, in a new process after each that died; the rest of a row where too many did stays undone. */
async function endingsOf(
  tasks: readonly Task[],
  commandOn: (file: string) => string[],
  { work, seconds }: { readonly work: string; readonly seconds: number },
) {
  const endings = new Map<string, Ending>()
  const deaths = new Map<string, number>()
  let version: string | undefined
  for (;;) {
    const rest = tasks.filter(({ job }) => !endings.has(job.id))
    if (rest.length === 0) return { endings, version }
    const file = join(work, 'jobs.json')
    await writeFile(file, JSON.stringify(rest.map(({ job }) => job)))
    const ran = await child(commandOn(file), seconds, work)
    version = ran.version ?? version
    for (const ending of ran.endings) endings.set(ending.id, ending)
    const row = rowIn(ran.endings.at(-1)?.id ?? '')
    deaths.set(row, (deaths.get(row) ?? 0) + 1)
    if (deaths.get(row) !== mostDeaths) continue
    const failed = `not run: the process died at ${mostDeaths} other cases`
    for (const { job } of rest)
      if (rowIn(job.id) === row && !endings.has(job.id)) endings.set(job.id, { id: job.id, failed, stage: 'run' })
  }
}

const rowIn = (id: string): string => id.split('.')[0] as string

/** The rows of a runtime, without those for which the exporter has no graph in any case. */
export async function rowsOf(runtime: Runtime, env: Environment, { cases, work, date }: Setting): Promise<Row[]> {
  const folder = join(work, runtime.name)
  await mkdir(folder, { recursive: true })
  const kinds = runtime.diets.flatMap((diet) => diet.modes.map((mode): Kind => ({ diet, mode })))
  const tasks: Task[][] = []
  for (const [i, kind] of kinds.entries()) {
    const own = await Promise.all(cases.map((of) => taskOf(of, kind, `${i}.${of.name}`, folder)))
    tasks.push(own.filter((task) => task !== undefined))
  }
  const [runner, ...words] = runtime.runner as [string, ...string[]]
  const own = [...(runner.endsWith('.ts') ? [env.folder] : []), ...words]
  const ran = await endingsOf(tasks.flat(), (jobs) => [...env.command, join(runners, runner), jobs, ...own], {
    work: folder,
    seconds: runtime.longest ?? longest,
  })
  const rows: Row[] = []
  for (const [i, kind] of kinds.entries()) {
    const mine = tasks[i] ?? []
    if (mine.length === 0) continue
    const outcomes = await Promise.all(mine.map((task) => outcome(task, ran.endings.get(task.job.id))))
    const named = mine.map(({ of }, k) => ({ name: of.name, outcome: outcomes[k] as Verdict | Complaint }))
    rows.push(rowFrom(runtime, kind, named, { version: ran.version ?? '', date }))
  }
  await rm(folder, { recursive: true, force: true })
  return rows
}
