import { basename } from 'node:path'
import { escaped, Fault, isForeseen, listed } from '../../io/index.js'
import { readModel } from '../../onnx/index.js'
import { isolated, type Limits, type Provider, providers, type Runner } from '../../runtime/index.js'
import type { LossConfig } from '../../yolo/index.js'
import { caseConfig } from '../cases/caseconfig.js'
import { inputsOf, type TestCase } from '../cases/testcase.js'
import { usual } from '../cases/tolerance.js'
import { renamedInfo } from '../judge/names.js'
import type { ForeignNames } from '../judge/options.js'
import type { CaseReport } from '../judge/result.js'
import { findCause, type Sought } from '../layers/cause.js'
import type { LayerTolerance } from '../layers/diverge.js'
import type { Cause } from '../layers/finding.js'
import type { Side } from '../layers/trace.js'
import { jobOf } from './failed.js'
import { isWrong, setOf } from './failures.js'
import type { Job } from './job.js'
import { encodedAs, ourModel } from './ours.js'

/** The cause of the first failure, and what can be drawn of it. */
export interface FoundCause {
  readonly cause: Cause
  readonly drawn?: Sought['drawn']
}

/** A graph that failed, and the inputs that it failed on. */
interface Failure {
  readonly report: CaseReport
  readonly test: TestCase
  readonly model: { readonly bytes: Uint8Array; readonly file: string }
  readonly config: LossConfig
  readonly names: ForeignNames
}

/** The first failure of a graph of which somebody says what it computes. */
async function firstFailure(jobs: readonly Job[], reports: readonly CaseReport[]): Promise<Failure | undefined> {
  for (const report of reports) {
    const row = report.rows.find(isWrong)
    const job = row && jobOf(jobs, reports, report)
    if (!row || !job) continue
    const { source, options } = await job.prepare(report.provider)
    const { model, config, names = { inputs: new Map(), outputs: new Map() } } = options
    if (!model || !config || typeof source === 'string') continue
    return { report, test: setOf(source, row), model, config, names }
  }
  return undefined
}

const swapped = ({ inputs, outputs }: ForeignNames): Map<string, string> =>
  new Map([...inputs, ...outputs].map(([theirs, ours]) => [ours, theirs]))

/** Inner values are of float32 at least; a provider may round several times as widely. */
const toleranceOn = (provider: Provider, { dtype }: LossConfig): LayerTolerance => ({
  rtol: (dtype === 'float64' ? 1e-13 : usual.rtol) * providers[provider].rounding,
  atol: 0,
})

const refused = (code: string, what: string) => new Fault('limit', code, { where: 'the search', what })

/** A runner that gives up when time is up, for all its runs together. */
function until(deadline: number, seconds: number, run: Runner): Runner {
  return async (task) => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const end = () => reject(refused('E_TIMEOUT', `not done after ${seconds} s`))
      timer = setTimeout(end, Math.max(0, deadline - Date.now()))
    })
    const result = Date.now() < deadline ? [run(task)] : []
    return Promise.race([late, ...result]).finally(() => clearTimeout(timer))
  }
}

/** Both graphs as sides, ours by the names of theirs. @throws Fault where ours takes what the case does not have */
function sidesOf({ report, test, model, config, names }: Failure, on: readonly [Runner, Runner]) {
  const info = readModel(model.bytes, model.file)
  const wanted = renamedInfo(info, names)
  const theirs = swapped(names)
  const feeds = Object.fromEntries([...inputsOf(test, wanted)].map(([name, t]) => [theirs.get(name) ?? name, t]))
  const own = ourModel(
    config,
    wanted.outputs.map(({ name }) => name),
  )
  const lacking = own.body.inputs.map(({ name }) => theirs.get(name) ?? name).filter((name) => !(name in feeds))
  if (lacking.length > 0)
    throw refused('E_INPUTS', `our own graph takes ${listed(lacking)}, which the case does not have`)
  const side = (label: string, bytes: Uint8Array, provider: Provider, runner: Runner): Side => {
    return { label, bytes, file: label, provider, optimization: 'disabled', runner }
  }
  const label = escaped(basename(model.file))
  return {
    ours: side('our own graph', encodedAs(own, theirs), 'cpu', on[0]),
    theirs: side(label, model.bytes, report.provider, on[1]),
    feeds,
  }
}

/** Runs both graphs, ours on the CPU and theirs where it failed, for no longer than one run may take. */
function searchIn(failure: Failure, limits: Limits): Promise<Sought> {
  const { provider } = failure.report
  const deadline = Date.now() + limits.timeout * 1000
  const bounded = (run: Runner) => until(deadline, limits.timeout, run)
  const search = (a: Runner, b: Runner) =>
    findCause({
      ...sidesOf(failure, [bounded(a), bounded(b)]),
      tolerance: toleranceOn(provider, failure.config),
      config: caseConfig(failure.config),
    })
  return isolated({ provider: 'cpu', limits }, (a) =>
    provider === 'cpu' ? search(a, a) : isolated({ provider, limits }, (b) => search(a, b)),
  )
}

/**
 * Where a graph that failed first goes wrong: held against our own of its configuration, on the first case that failed.
 * Undefined where nothing failed by its numbers, or nobody says what the graph computes. Whatever befalls the search is
 * told as a sentence: it must not change a verdict.
 */
export async function causeOf(
  jobs: readonly Job[],
  reports: readonly CaseReport[],
  limits: Limits,
): Promise<FoundCause | undefined> {
  const failure = await firstFailure(jobs, reports)
  if (!failure) return undefined
  const where = { case: failure.report.case, provider: failure.report.provider }
  try {
    const { finding, drawn } = await searchIn(failure, limits)
    return { cause: { ...where, ...finding }, ...(drawn ? { drawn } : {}) }
  } catch (error) {
    const why = isForeseen(error) ? error.what : 'the search failed'
    return { cause: { ...where, kind: 'skipped', lines: [`the first wrong node was not looked for: ${why}`] } }
  }
}
