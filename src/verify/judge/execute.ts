import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type AnyTensor, isForeseen, listed, quoted, readBytes, refuse } from '../../io/index.js'
import { type ModelInfo, readModel } from '../../onnx/index.js'
import { type Feeds, isGeneral, type Outcome, providers, runTask } from '../../runtime/index.js'
import { caseConfig } from '../cases/caseconfig.js'
import { matchConfig } from '../cases/match.js'
import { bindTensors, type DataSet, readCase, type TestCase } from '../cases/testcase.js'
import { type Adjusted, adjustedForFlips, hangsOnMasks } from '../threshold/flipped.js'
import { nearCells } from '../threshold/nearcells.js'
import type { VerifyOptions } from './options.js'
import { failedRow, type Judge, outputProblem, outputRows } from './outputrows.js'
import { placementProblem, placementReport } from './placement.js'
import type { OutputRow, Problem, RunHeader } from './result.js'

/** Filled while a case runs, so that a failure keeps what was known by then. */
export interface PartialReport {
  header?: RunHeader
  readonly rows: OutputRow[]
  readonly skipped: string[]
  readonly extra: string[]
  readonly near: Adjusted['cells'][number][]
}

/** A case with everything that bears on its verdict. */
interface Run {
  readonly test: TestCase
  readonly info: ModelInfo
  readonly options: VerifyOptions
  readonly judge: Judge
  readonly partial: PartialReport
}

/** A data set with its tensors bound to the names of the graph. */
interface BoundSet {
  readonly name: string
  readonly feeds: Feeds
  readonly expected: Map<string, AnyTensor>
}

const setName = (test: TestCase, set: DataSet): string =>
  test.dataSets.length > 1 ? `${test.name}/${set.name}` : test.name

function bindSet({ test, info, options, partial }: Run, set: DataSet): BoundSet {
  const where = join(test.dir, set.name)
  const names = info.outputs.map((o) => o.name)
  const inputs = info.inputs.map((i) => i.name)
  const expected = bindTensors(set.outputs, names, 'output', where)
  for (const output of [...expected.keys()]) {
    if (options.absent !== 'skip' || names.includes(output)) continue
    expected.delete(output)
    partial.skipped.push(output)
  }
  return {
    name: setName(test, set),
    feeds: Object.fromEntries(bindTensors(set.inputs, inputs, 'input', where)),
    expected,
  }
}

/** The rows again, with the flips of cells at the threshold taken into account, if that explains anything. */
function explainedRows(run: Run, set: BoundSet, got: ReadonlyMap<string, AnyTensor>, rows: OutputRow[]): OutputRow[] {
  const { test, options, judge, partial } = run
  const doubtful = rows.some((r) => r.verdict === 'FAIL' && hangsOnMasks(r.output))
  if (!doubtful || options.strictThreshold) return rows
  const found = nearCells(caseConfig(test.info.config), set.feeds, judge.provider)
  if (found.length === 0) return rows
  const near = adjustedForFlips(found, set.expected, got)
  partial.near.push(...near.cells)
  return outputRows(set.name, set.expected, got, judge, near)
}

/** Outputs of the graph that are passed over, because the data set has no value for them and nobody minds. */
function extraOutputs({ info, options, partial }: Run, set: BoundSet): string[] {
  if (options.absent !== 'skip') return []
  const extra = info.outputs.map(({ name }) => name).filter((name) => !set.expected.has(name))
  partial.extra.push(...extra.filter((name) => !partial.extra.includes(name)))
  return extra
}

/** Compares what came out of one data set. */
function judgeSet(run: Run, set: BoundSet, outcome: Outcome): void {
  const { judge, partial } = run
  const fail = (output: string, problem: Problem) =>
    partial.rows.push(failedRow(set.name, output, judge.provider, problem))
  if ('error' in outcome) return void fail('', problemOf(outcome.error))
  if (set.expected.size === 0) return void fail('', outputProblem('not one output was compared'))
  const outputs = new Map(outcome.outputs)
  for (const output of extraOutputs(run, set)) outputs.delete(output)
  for (const [output, error] of outcome.unread) {
    if (partial.extra.includes(output)) continue
    set.expected.delete(output)
    fail(output, problemOf(error))
  }
  partial.rows.push(...explainedRows(run, set, outputs, outputRows(set.name, set.expected, outputs, judge)))
}

/** A tolerance for an output that does not exist is a typo, and the output it was meant for would get another. */
function checkTolerances(test: TestCase): void {
  const names = test.dataSets.flatMap((set) => set.outputs.map((o) => o.name))
  if (names.includes('')) return
  const unknown = [...test.tolerances.outputs.keys()].find((output) => !names.includes(output))
  if (unknown === undefined) return
  const what = `"outputs" names ${quoted(unknown)}, which the case does not have`
  refuse('E_TOLERANCE', join(test.dir, 'data.json'), what, `it has ${listed(names)}`)
}

function headerOf(file: string, bytes: Uint8Array, info: ModelInfo, options: VerifyOptions): RunHeader {
  const { provider = 'cpu', optimization = 'all' } = options
  const device = providers[provider].device?.()
  return {
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    irVersion: info.irVersion,
    opset: info.opsets.get(''),
    runtime: undefined,
    provider,
    optimization,
    ...(device === undefined ? {} : { device }),
  }
}

/** The data sets whose tensors have their places in the graph; the others are failed rows. */
function boundSets(run: Run): BoundSet[] {
  return run.test.dataSets.flatMap((set) => {
    try {
      return [bindSet(run, set)]
    } catch (error) {
      run.partial.rows.push(failedRow(setName(run.test, set), '', run.judge.provider, problemOf(error)))
      return []
    }
  })
}

async function execute(run: Run, file: string, bytes: Uint8Array): Promise<void> {
  const { info, options, judge, partial } = run
  const { provider = 'cpu', optimization = 'all', deviceId, placement, runner = runTask } = options
  const sets = boundSets(run)
  const session = { provider, optimization, ...(deviceId === undefined ? {} : { deviceId }) }
  const feeds = sets.map((set) => set.feeds)
  partial.header = headerOf(file, bytes, info, options)
  const result = await runner({ file, model: bytes, session, feeds, ...(placement ? { placement } : {}) })
  partial.header = { ...partial.header, runtime: result.runtime }
  for (const [i, outcome] of result.runs.entries()) judgeSet(run, sets[i] as BoundSet, outcome)
  if (!placement || !result.placement || result.runs.every((outcome) => 'error' in outcome)) return
  const report = placementReport(result.placement, placement, info)
  partial.header = { ...partial.header, placement: report }
  const problem = placementProblem(report, provider)
  if (problem) partial.rows.push(failedRow(run.test.name, '', judge.provider, problem))
}

/** Reads, runs and judges a case. */
export async function runCase(
  source: TestCase | string,
  options: VerifyOptions,
  partial: PartialReport,
): Promise<void> {
  const test = typeof source === 'string' ? await readCase(source) : source
  const file = options.model?.file ?? join(test.dir, 'model.onnx')
  const bytes = options.model?.bytes ?? (await readBytes(file))
  const info = readModel(bytes, file)
  const { semantics } = options
  matchConfig({ metadata: info.metadata, model: file, config: test.info.config, fixture: test.name, semantics })
  checkTolerances(test)
  const judge = { ...options, test, provider: options.provider ?? 'cpu' }
  await execute({ test, info, options, judge, partial }, file, bytes)
}

/** An error that belongs in the report; one that is a fault of ours, or befalls every other case too, goes up. */
export function problemOf(error: unknown): Problem {
  if (isGeneral(error) || !isForeseen(error)) throw error
  const { code, exitCode, message } = error
  return { code, exitCode, message }
}
