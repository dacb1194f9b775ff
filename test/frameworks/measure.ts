import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AnyTensor, decodeNpz } from '../../src/io/index.js'
import { readModel } from '../../src/onnx/index.js'
import { type Complaint, failuresOf } from './blame.js'
import type { Case } from './cases.js'
import { child, type Ending } from './child.js'
import { judge, type Verdict } from './judge.js'
import type { Diet, Mode, Runtime } from './records.js'
import type { Row, Status } from './results.js'

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
const isDerived = (mode: Mode): boolean => mode.includes('derived')

/** The job of a case, if the exporter has a graph for it. */
async function taskOf(of: Case, diet: Diet, mode: Mode, folder: string): Promise<Task | undefined> {
  const bytes = of.graph(diet, mode === 'gradient')
  if (!bytes) return undefined
  const info = readModel(bytes, of.name)
  const [inputs, outputs] = [info.inputs, info.outputs].map((list) => list.map(({ name }) => name)) as [
    string[],
    string[],
  ]
  const [graph, out] = [join(folder, `${of.name}.onnx`), join(folder, `${of.name}.out.npz`)]
  await writeFile(graph, bytes)
  const wrt = inputs.filter((name) => name.startsWith('y_pred'))
  const promised = isDerived(mode) ? ['loss', ...wrt.map((name) => `grad_${name}`)] : outputs
  return { job: { id: of.name, mode, graph, data: of.data, inputs, outputs, wrt, out }, bytes, promised, of }
}

/** Runs the jobs, in a new process after each that died. */
async function endingsOf(tasks: readonly Task[], command: readonly string[], folder: string) {
  const endings = new Map<string, Ending>()
  let version: string | undefined
  for (let deaths = 0; endings.size < tasks.length; deaths++) {
    const rest = tasks.filter(({ job }) => !endings.has(job.id))
    if (deaths === mostDeaths) {
      const failed = `not run: the process died at ${deaths} other cases`
      for (const { job } of rest) endings.set(job.id, { id: job.id, failed, stage: 'run' })
      break
    }
    const file = join(folder, 'jobs.json')
    await writeFile(file, JSON.stringify(rest.map(({ job }) => job)))
    const [program, runner, ...words] = command as [string, string, ...string[]]
    const ran = await child([program, join(runners, runner), file, ...words], longest, folder)
    version = ran.version ?? version
    for (const ending of ran.endings) endings.set(ending.id, ending)
  }
  return { endings, version }
}

/** What came of a case: a verdict on its results, or the framework's complaint. */
async function outcome({ job, bytes, promised, of }: Task, ending: Ending | undefined): Promise<Verdict | Complaint> {
  if (!ending) return { error: 'the runner said nothing of it', graph: bytes }
  if ('failed' in ending) return { error: ending.failed, graph: bytes }
  const results = await decodeNpz(await readFile(job.out), job.out)
  return judge(results as ReadonlyMap<string, AnyTensor>, promised, of.expected)
}

function statusOf(cases: number, passed: number, wrong: number): Status {
  if (wrong > 0) return 'WRONG'
  if (passed === cases) return 'green'
  return passed > 0 ? 'part' : 'red'
}

const finite = (x: number): number | null => (Number.isFinite(x) ? Number(x.toPrecision(2)) : null)

/** One row of the matrix; undefined where the exporter has no graph of this kind for any case. */
export async function rowOf(
  runtime: Runtime,
  command: readonly string[],
  { diet, mode }: { diet: Diet; mode: Mode },
  { cases, work, date }: { cases: readonly Case[]; work: string; date: string },
): Promise<Row | undefined> {
  const folder = join(work, 'row')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const found = await Promise.all(cases.map((of) => taskOf(of, diet, mode, folder)))
  const tasks = found.filter((task) => task !== undefined)
  if (tasks.length === 0) return undefined
  const { endings, version } = await endingsOf(tasks, command, folder)
  const outcomes = await Promise.all(tasks.map((task) => outcome(task, endings.get(task.job.id))))
  const verdicts = outcomes.filter((o) => 'passed' in o)
  const wrong = outcomes.flatMap((o, i) =>
    'passed' in o && !o.passed
      ? [`${tasks[i]?.job.id}: ${o.output}, ${o.measure.toPrecision(2)} times what is allowed`]
      : [],
  )
  const passed = verdicts.length - wrong.length
  const { name, title, engine, known } = runtime
  const { form, target, opset } = diet
  return {
    runtime: name,
    title,
    engine,
    version: version ?? '',
    form,
    ...(target === undefined ? {} : { target }),
    ...(opset === undefined ? {} : { opset }),
    mode,
    status: statusOf(tasks.length, passed, wrong.length),
    cases: tasks.length,
    passed,
    lossError: verdicts.length === 0 ? null : finite(Math.max(...verdicts.map((v) => v.lossError))),
    measure: verdicts.length === 0 ? null : finite(Math.max(...verdicts.map((v) => v.measure))),
    wrong,
    failures: failuresOf(
      outcomes.filter((o) => 'error' in o),
      known,
    ),
    date,
  }
}
