import { isForeseen } from '../../io/index.js'
import { isGeneral, isolated, type Limits, type Provider } from '../../runtime/index.js'
import type { VerifyOptions } from '../judge/options.js'
import { failedRow } from '../judge/outputrows.js'
import type { CaseReport } from '../judge/result.js'
import { verifyCase, verifySets } from '../judge/verify.js'
import { type Job, type Prepared, titleOf } from './job.js'
import type { Progress } from './progress.js'

export interface RunSettings {
  readonly providers: readonly Provider[]
  readonly limits: Limits
  readonly allowTf32: boolean
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
  return job.cases && typeof source !== 'string' ? verifySets(source, all) : [await verifyCase(source, all)]
}

/** A report under the name of its target as well. */
function titled(job: Job, report: CaseReport): CaseReport {
  if (job.of === undefined) return report
  const name = titleOf(job, report.case)
  return { ...report, case: name, rows: report.rows.map((row) => ({ ...row, case: name })) }
}

/** Runs every job on one provider; while the child computes one case, the next is read and built here. */
function onProvider(jobs: readonly Job[], provider: Provider, settings: RunSettings, tell: () => void) {
  const { options, limits, allowTf32 } = settings
  return isolated({ provider, limits, allowTf32 }, async (runner) => {
    const running: Promise<CaseReport[]>[] = []
    for (const job of jobs) {
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

/**
 * Runs jobs on every provider, one child process for each. A provider that is not there fails as a whole; if it is the
 * only one, with its error.
 */
export async function runJobs(jobs: readonly Job[], settings: RunSettings, progress: Progress): Promise<CaseReport[]> {
  const reports: CaseReport[] = []
  const total = jobs.length * settings.providers.length
  let done = 0
  for (const provider of settings.providers) {
    const tell = () => progress.step(++done, total, provider)
    try {
      reports.push(...(await onProvider(jobs, provider, settings, tell)))
    } catch (error) {
      if (!isGeneral(error) || settings.providers.length === 1) throw error
      reports.push(unstarted('(every case)', provider, error))
    }
  }
  progress.end()
  return reports
}
