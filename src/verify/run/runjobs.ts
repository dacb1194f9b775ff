import { exitCodes, isForeseen } from '../../io/index.js'
import { isGeneral, isolated, type Limits, type Provider } from '../../runtime/index.js'
import type { VerifyOptions } from '../judge/options.js'
import { failedRow } from '../judge/outputrows.js'
import type { CaseReport } from '../judge/result.js'
import { verifySets, verifyWhole } from '../judge/verify.js'
import { type Job, type Prepared, titleOf } from './job.js'
import type { Progress } from './progress.js'

export interface RunSettings {
  readonly providers: readonly Provider[]
  readonly limits: Limits
  readonly allowTf32: boolean
  /** Whether the first case that fails ends it. */
  readonly failFast?: boolean
  readonly options: VerifyOptions
}

/** The report of what could not even be started: a case, or a provider that is not there. @throws faults of ours */
function unstarted(name: string, provider: Provider, error: unknown): CaseReport {
  if (!isForeseen(error)) throw error
  const { code, exitCode, message } = error
  const rows = [failedRow(name, '', provider, { code, exitCode, message })]
  return { case: name, provider, rows, skipped: [], near: [], exitCode }
}

type Outcome = { readonly prepared: Prepared } | { readonly error: unknown }

const prepare = (job: Job, provider: Provider): Promise<Outcome> =>
  job.prepare(provider).then(
    (prepared) => ({ prepared }),
    (error: unknown) => ({ error }),
  )

/** The reports of a job, or of why it could not be started. */
async function reportsOf(job: Job, outcome: Outcome, options: VerifyOptions): Promise<CaseReport[]> {
  if ('error' in outcome) return [unstarted(job.name, options.provider ?? 'cpu', outcome.error)]
  const { source, options: own } = outcome.prepared
  const all = { ...options, ...own }
  return job.cases && typeof source !== 'string' ? verifySets(source, all) : [await verifyWhole(source, all)]
}

/** A report under the name of its target as well. */
function titled(job: Job, report: CaseReport): CaseReport {
  if (job.of === undefined) return report
  const name = titleOf(job, report.case)
  return { ...report, case: name, rows: report.rows.map((row) => ({ ...row, case: name })) }
}

/** Whether something failed; what was not compared did not. */
const failed = (reports: readonly CaseReport[] = []): boolean =>
  reports.some(({ exitCode }) => exitCode !== exitCodes.ok && exitCode !== exitCodes.incomplete)

/** Runs every job on one provider; while the child computes one case, the next is read and built here. */
function onProvider(jobs: readonly Job[], provider: Provider, settings: RunSettings, tell: () => void) {
  const { options, limits, allowTf32, failFast } = settings
  return isolated({ provider, limits, allowTf32 }, async (runner) => {
    const running: Promise<CaseReport[]>[] = []
    for (const job of jobs) {
      if (failFast && failed(await running.at(-1))) break
      const outcome = await prepare(job, provider)
      // At most two tensors sets wait in memory: the case that runs and the one that comes next.
      await running.at(-2)
      const reports = reportsOf(job, outcome, { ...options, provider, runner })
      running.push(reports.then((all) => all.map((report) => titled(job, report))).finally(tell))
      running.at(-1)?.catch(() => undefined)
    }
    return (await Promise.all(running)).flat()
  })
}

/** What was run, and how many cases were not, counted on each provider, because one before them failed. */
export interface Ran {
  readonly reports: readonly CaseReport[]
  readonly notRun: number
}

/** How many cases jobs have. */
const casesOf = (jobs: readonly Job[]): number => jobs.reduce((sum, { cases }) => sum + (cases?.length ?? 1), 0)

/**
 * Runs jobs on every provider, one child process for each. A provider that is not there fails as a whole; if it is the
 * only one, with its error.
 */
export async function runJobs(jobs: readonly Job[], settings: RunSettings, progress: Progress): Promise<Ran> {
  const reports: CaseReport[] = []
  const total = jobs.length * settings.providers.length
  let done = 0
  for (const provider of settings.providers) {
    if (settings.failFast && failed(reports)) break
    const tell = () => progress.step(++done, total, provider)
    try {
      reports.push(...(await onProvider(jobs, provider, settings, tell)))
    } catch (error) {
      if (!isGeneral(error) || settings.providers.length === 1) throw error
      reports.push(unstarted('(every case)', provider, error))
    }
  }
  progress.end()
  const stopped = settings.failFast && failed(reports)
  return { reports, notRun: stopped ? casesOf(jobs) * settings.providers.length - reports.length : 0 }
}
