import { worstExit } from '../../io/index.js'
import { Isolate, type Limits, type Provider } from '../../runtime/index.js'
import type { VerifyOptions } from '../judge/options.js'
import { failedRow } from '../judge/outputrows.js'
import type { CaseReport } from '../judge/result.js'
import { verifyCase } from '../judge/verify.js'
import type { Job, Prepared } from './jobs.js'
import type { Progress } from './progress.js'

export interface RunSettings {
  readonly providers: readonly Provider[]
  readonly limits: Limits
  readonly allowTf32: boolean
  readonly options: VerifyOptions
}

/** A failure that concerns the provider, not the case: the others need not be tried. */
const isGeneral = (error: unknown): error is Error & { code: string; exitCode: number } =>
  ['E_PROVIDER_UNAVAILABLE', 'E_RUNTIME_MISSING'].includes((error as { code?: string }).code ?? '')

/** The report of a provider that is not there. */
function absentProvider(
  provider: Provider,
  { code, exitCode, message }: { code: string; exitCode: number; message: string },
): CaseReport {
  const name = '(every case)'
  const rows = [failedRow(name, '', provider, { code, exitCode, message })]
  return { case: name, provider, rows, skipped: [], near: [], exitCode: worstExit([exitCode]) }
}

/** A case that could not even be prepared, as a failed row. @throws errors that are faults of ours */
function unprepared(job: Job, provider: Provider, error: unknown): CaseReport {
  const { code = 'E_CONFIG', exitCode, message } = error as { code?: string; exitCode?: number; message: string }
  if (exitCode === undefined) throw error
  const rows = [failedRow(job.name, '', provider, { code, exitCode, message })]
  return { case: job.name, provider, rows, skipped: [], near: [], exitCode }
}

type Outcome = { readonly prepared: Prepared } | { readonly error: unknown }

const prepare = (job: Job, provider: Provider): Promise<Outcome> =>
  job.prepare(provider).then(
    (prepared) => ({ prepared }),
    (error: unknown) => ({ error }),
  )

/** Runs every job on one provider; while the child computes one case, the next is read and built here. */
async function onProvider(jobs: readonly Job[], provider: Provider, settings: RunSettings, tell: () => void) {
  const isolate = new Isolate({ provider, limits: settings.limits, allowTf32: settings.allowTf32 })
  const running: Promise<CaseReport>[] = []
  try {
    for (const job of jobs) {
      const outcome = await prepare(job, provider)
      // At most two tensors sets wait in memory: the case that runs and the one that comes next.
      await running.at(-2)
      running.push(
        'error' in outcome
          ? Promise.resolve().then(() => unprepared(job, provider, outcome.error))
          : verifyCase(outcome.prepared.source, {
              ...settings.options,
              ...outcome.prepared.options,
              provider,
              runner: isolate.run,
            }).finally(tell),
      )
      running.at(-1)?.catch(() => undefined)
    }
    return await Promise.all(running)
  } finally {
    isolate.close()
  }
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
      reports.push(absentProvider(provider, error))
    }
  }
  progress.end()
  return reports
}
