import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type AnyTensor, isForeseen, listed, quoted, readBytes, refuse } from '../../io/index.js'
import { type ModelInfo, readModel } from '../../onnx/index.js'
import { isGeneral, type Outcome, providers, type Runner, runTask } from '../../runtime/index.js'
import type { LossConfig } from '../../yolo/index.js'
import { Answers } from '../answers/answers.js'
import { caseConfig } from '../cases/caseconfig.js'
import { lossConfigOf, matchConfig } from '../cases/match.js'
import { bindTensors, type DataSet, readCase, type TestCase } from '../cases/testcase.js'
import { renamed } from './names.js'
import type { VerifyOptions } from './options.js'
import { failedRow, type Judge, outputProblem } from './outputrows.js'
import { placementProblem, placementReport } from './placement.js'
import type { CaseReport, OutputRow, Problem, RunHeader } from './result.js'
import { type BoundSet, judgedRows } from './setrows.js'
import { oneByOne } from './turns.js'

/** Filled while a case runs, so that a failure keeps what was known by then. */
export interface PartialReport {
  header?: RunHeader
  readonly rows: OutputRow[]
  readonly skipped: string[]
  /** By data set. */
  readonly near: Map<string, CaseReport['near']>
}

/** A case with everything that bears on its verdict. */
interface Run {
  readonly test: TestCase
  readonly info: ModelInfo
  readonly options: VerifyOptions
  readonly judge: Judge
  readonly partial: PartialReport
  /** What the graph computes, as far as anybody says. */
  readonly config: LossConfig | undefined
  /** Where other graphs run, which have names of their own. */
  readonly runner: Runner
}

/** Data sets of a folder go by its name, others by their own. */
const setName = (test: TestCase, set: DataSet): string => {
  if (!set.name.startsWith('test_data_set_')) return set.name
  return test.dataSets.length > 1 ? `${test.name}/${set.name}` : test.name
}

function bindSet({ test, info, options, partial }: Run, set: DataSet): BoundSet {
  const where = join(test.dir, set.name)
  const names = info.outputs.map((o) => o.name)
  const inputs = info.inputs.map((i) => i.name)
  const held = bindTensors(set.outputs, names, 'output', where)
  for (const output of [...held.keys()]) {
    if (options.absent !== 'skip' || names.includes(output)) continue
    held.delete(output)
    if (!partial.skipped.includes(output)) partial.skipped.push(output)
  }
  return { name: setName(test, set), feeds: Object.fromEntries(bindTensors(set.inputs, inputs, 'input', where)), held }
}

/** Whether a graph on a provider rounds every operation to the nearest, the comparison with the threshold too. */
const isIeee = ({ judge: { provider }, config }: Run): boolean =>
  providers[provider].rounding === 1 && config?.divisionFree !== true

/** What the oracle knows of the run; nothing where nobody says what is computed, or the inputs are not those of a loss. */
function answersTo(run: Run, { feeds, held }: BoundSet): Answers | undefined {
  const answers = run.config && Answers.of(run.config, feeds, { ieee: isIeee(run) })
  if (run.options.reference !== false) for (const { name } of run.info.outputs) if (!held.has(name)) answers?.of(name)
  return answers
}

/** Compares what came out of one data set. */
async function judgeSet(run: Run, set: BoundSet, outcome: Outcome, answers: Answers | undefined): Promise<void> {
  const { judge, partial, options, test } = run
  const fail = (output: string, problem: Problem) =>
    partial.rows.push(failedRow(set.name, output, judge.provider, problem))
  if ('error' in outcome) return void fail('', problemOf(outcome.error))
  const held = new Map(set.held)
  for (const [output, error] of outcome.unread) {
    held.delete(output)
    fail(output, problemOf(error))
  }
  const others = await otherOutputs(run, set)
  const judged = judgedRows({ test, judge, options }, { ...set, held }, outcome.outputs, answers, others)
  partial.rows.push(...judged.rows)
  partial.near.set(set.name, judged.near)
  if (!judged.rows.some(({ comparison, verdict }) => comparison || verdict === 'FAIL'))
    fail('', outputProblem('not one output was compared'))
}

/** What other graphs and runs give for the same inputs. */
async function otherOutputs({ options, runner }: Run, { name, feeds }: BoundSet) {
  const others: { readonly label: string; readonly outputs: ReadonlyMap<string, AnyTensor> }[] = []
  for (const { label, outputs } of options.against ?? [])
    others.push({ label, outputs: await outputs(name, feeds, runner) })
  return others
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

/** Outputs that the configuration asks for and the model does not have. */
function tellMissing({ options, info, partial }: Run): void {
  const has = [...info.outputs.map(({ name }) => name), ...partial.skipped]
  partial.skipped.push(...(options.promised?.() ?? []).filter((name) => !has.includes(name)))
}

async function execute(run: Run, file: string, bytes: Uint8Array): Promise<void> {
  const { info, options, judge, partial } = run
  const { provider = 'cpu', optimization = 'all', deviceId, placement, runner = runTask } = options
  const sets = boundSets(run)
  const session = { provider, optimization, ...(deviceId === undefined ? {} : { deviceId }) }
  const feeds = sets.map((set) => set.feeds)
  partial.header = headerOf(file, bytes, info, options)
  const running = runner({ file, model: bytes, session, feeds, ...(placement ? { placement } : {}) })
  running.catch(() => undefined)
  // While the model runs in another process, the reference runs here.
  const answers = await oneByOne(sets, (set) => answersTo(run, set))
  tellMissing(run)
  const result = await running
  partial.header = { ...partial.header, runtime: result.runtime }
  await oneByOne(result.runs, (outcome, i) => judgeSet(run, sets[i] as BoundSet, outcome, answers[i]))
  if (!placement || !result.placement || result.runs.every((outcome) => 'error' in outcome)) return
  const report = placementReport(result.placement, placement, info)
  partial.header = { ...partial.header, placement: report }
  const problem = placementProblem(report, provider)
  if (problem) partial.rows.push(failedRow(run.test.name, '', judge.provider, problem))
}

/** Whether a case holds every value of a graph: some inside it are NaN or empty, and nothing is made of them. */
const isLayerwise = ({ info }: TestCase): boolean =>
  (info.provenance as { readonly layerwise?: unknown } | undefined)?.layerwise === true

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
  const config = options.config ?? lossConfigOf(info.metadata, test.info.config)
  const inside = isLayerwise(test) ? { allowBothNan: true, allowEmpty: true } : {}
  const provider = options.provider ?? 'cpu'
  const judge = { ...options, ...inside, config: caseConfig(config ?? test.info.config), provider }
  const own = options.names ? renamed(info, options, options.names) : { info, options }
  const runner = options.runner ?? runTask
  await execute({ test, ...own, judge, partial, config, runner }, file, bytes)
}

/** An error that belongs in the report; one that is a fault of ours, or befalls every other case too, goes up. */
export function problemOf(error: unknown): Problem {
  if (isGeneral(error) || !isForeseen(error)) throw error
  const { code, exitCode, message } = error
  return { code, exitCode, message }
}
