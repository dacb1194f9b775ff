import { join } from 'node:path'
import { type AnyTensor, readBytes } from '../../io/index.js'
import { readModel } from '../../onnx/index.js'
import { type Feeds, type Limits, runOnce } from '../../runtime/index.js'
import { isUsual, type LossConfig, ofScale } from '../../yolo/index.js'
import { lossConfigOf } from '../cases/match.js'
import { inputsOf, readCase, type TestCase } from '../cases/testcase.js'
import { type Beside, besideReference } from '../judge/beside.js'
import { renamedInfo } from '../judge/names.js'
import type { ForeignNames } from '../judge/options.js'
import type { CaseReport, OutputRow } from '../judge/result.js'
import { jobOf } from './failed.js'
import type { Job, Prepared } from './job.js'

/** Whether numbers were compared and differ; a file that is missing has no node to blame. */
export const isWrong = ({ verdict, problem, comparison }: OutputRow): boolean =>
  verdict === 'FAIL' && problem === undefined && comparison !== undefined

/** A case with no other data set than that of a row. */
export function setOf(test: TestCase, { case: name }: OutputRow): TestCase {
  const isOf = (own: string) => name === own || name.startsWith(`${own} against `)
  const set = test.dataSets.find((own) => isOf(`${test.name}/${own.name}`) || isOf(own.name)) ?? test.dataSets[0]
  return { ...test, dataSets: set ? [set] : [] }
}

/** A loss that failed: what it computes, on what, by the names of our graphs, and the model with those that it has. */
export interface FailedLoss {
  readonly report: CaseReport
  readonly config: LossConfig
  readonly feeds: Feeds
  readonly model: { readonly bytes: Uint8Array; readonly file: string }
  readonly names: ForeignNames
}

/** Where numbers differ in losses from logits and labels: the first so many, and how many more there are. */
export async function failedLosses(
  jobs: readonly Job[],
  reports: readonly CaseReport[],
  most: number,
): Promise<{ readonly found: readonly FailedLoss[]; readonly left: number }> {
  const wrong = reports.filter(({ rows }) => rows.some(isWrong))
  const found: FailedLoss[] = []
  let looked = 0
  for (const report of wrong) {
    if (found.length === most) break
    looked++
    const failed = await failedLoss(jobs, reports, report)
    if (failed) found.push(failed)
  }
  return { found, left: wrong.length - looked }
}

async function failedLoss(
  jobs: readonly Job[],
  reports: readonly CaseReport[],
  report: CaseReport,
): Promise<FailedLoss | undefined> {
  const row = report.rows.find(isWrong) as OutputRow
  const prepared = await jobOf(jobs, reports, report)?.prepare(report.provider)
  if (!prepared) return undefined
  const { source, options } = prepared
  const test = setOf(typeof source === 'string' ? await readCase(source) : source, row)
  const model = options.model ?? (await modelIn(test))
  const { names = { inputs: new Map(), outputs: new Map() } } = options
  const info = readModel(model.bytes, model.file)
  const config = configOf(options, info.metadata, test)
  const feeds = Object.fromEntries(inputsOf(test, renamedInfo(info, names)))
  // Pages show the loss of keras-yolo3 cell by cell, and no other.
  const isLoss = config?.graph === 'loss' && isUsual(config) && feeds[ofScale('y_pred', 0)] !== undefined
  return isLoss ? { report, config, feeds, model, names } : undefined
}

const configOf = (
  { config }: Prepared['options'],
  metadata: ReadonlyMap<string, string>,
  { info }: TestCase,
): LossConfig | undefined => config ?? lossConfigOf(metadata, info.config)

async function modelIn({ dir }: TestCase): Promise<FailedLoss['model']> {
  const file = join(dir, 'model.onnx')
  return { bytes: await readBytes(file), file }
}

/** Runs a loss that failed once more, and holds it against the reference. @throws as `runOnce` */
export async function besideFailed(
  { report, config, feeds, model, names }: FailedLoss,
  limits: Limits,
): Promise<Beside | undefined> {
  const theirs = new Map([...names.inputs].map(([their, our]) => [our, their]))
  const own = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [theirs.get(name) ?? name, tensor]))
  const { outputs } = await runOnce(
    { provider: report.provider, limits },
    { file: model.file, model: model.bytes, feeds: own },
  )
  const ours = new Map<string, AnyTensor>(
    [...outputs].map(([name, tensor]) => [names.outputs.get(name) ?? name, tensor]),
  )
  return besideReference(config, feeds, ours, report.provider)
}
