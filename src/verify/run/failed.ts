import type { CaseReport } from '../judge/result.js'
import { type Job, titleOf } from './job.js'

/** The job that a report is of: by its place, since two graphs may have cases of one name. */
export function jobOf(jobs: readonly Job[], reports: readonly CaseReport[], report: CaseReport): Job | undefined {
  const place = reports.filter(({ provider }) => provider === report.provider).indexOf(report)
  const cases = jobs.flatMap((job) => (job.cases ?? [job.name]).map((name) => ({ job, name: titleOf(job, name) })))
  return cases[place]?.name === report.case ? cases[place].job : undefined
}
