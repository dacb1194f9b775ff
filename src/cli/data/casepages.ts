import { basename, dirname, join } from 'node:path'
import { isFolder, isForeseen, namesIn, readBytes, version } from '../../io/index.js'
import type { Limits } from '../../runtime/index.js'
import { besideFailed, type CaseReport, type FailedLoss, failedLosses, type Job, type Pictures } from '../../verify/index.js' // biome-ignore format: one row
import { isPage, pageOf, type Scene, sideOf } from '../../view/index.js'
import { semantics } from '../../yolo/index.js'

/** What made a page, as it says itself. */
export const madeBy = `onnx-yolo-loss ${version}, semantics ${semantics}`

/** A page shows some MiB of one case, and a graph that is wrong fails in dozens. */
const mostPages = 10

/** Pages beside a report, by their files, and where the report finds them. */
export interface CasePages {
  readonly files: ReadonlyMap<string, string>
  /** Pages of a report before this one, which no longer has them. */
  readonly stale: readonly string[]
  readonly pictures: Pictures
}

/** The folder of pages that goes with a report. */
export const folderBeside = (report: string): string =>
  join(
    dirname(report),
    /\.html?$/i.test(report) ? basename(report).replace(/\.html?$/i, '') : `${basename(report)}-pages`,
  )

/** A page for each of the first losses that failed. */
export async function casePages(
  report: string,
  jobs: readonly Job[],
  reports: readonly CaseReport[],
  limits: Limits,
): Promise<CasePages> {
  const { found, left } = await failedLosses(jobs, reports, mostPages)
  const folder = folderBeside(report)
  const files = new Map<string, string>()
  const of = new Map<CaseReport, string>()
  for (const failed of found) {
    const page = await pageFor(failed, limits)
    if (page === undefined) continue
    const name = `${files.size + 1}.html`
    files.set(join(folder, name), page)
    of.set(failed.report, `${basename(folder)}/${name}`)
  }
  const before = await pagesIn(folder)
  return { files, stale: before.filter((path) => !files.has(path)), pictures: { of, left } }
}

/** Pages of losses by numbers, as reports have them. */
async function pagesIn(folder: string): Promise<string[]> {
  if (!isFolder(folder)) return []
  const pages: string[] = []
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    if (/^\d+\.html$/.test(name) && isPage(Buffer.from(await readBytes(path)).toString('latin1'))) pages.push(path)
  }
  return pages
}

/** The page of a loss; nothing where it does not run again, or its arrays are not of its configuration: the report says so. */
async function pageFor(failed: FailedLoss, limits: Limits): Promise<string | undefined> {
  const { report, config, feeds } = failed
  try {
    const beside = await besideFailed(failed, limits)
    const name = `${report.case} on ${report.provider}`
    const scene: Scene = { name, config, feeds, beside }
    return beside && (await pageOf({ title: name, made: madeBy, sides: [sideOf(scene)] }))
  } catch (error) {
    if (isForeseen(error)) return undefined
    throw error
  }
}
