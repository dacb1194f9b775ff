import { createHash } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import { readBytes } from '../files/read.js'
import { InputError } from '../proto/errors.js'
import { type ModelInfo, readModel } from '../proto/read.js'
import { listed, quoted } from '../proto/text.js'
import { ProviderError, RuntimeMissingError } from '../runtime/errors.js'
import { runtimeVersion } from '../runtime/ort.js'
import type { Provider } from '../runtime/provider.js'
import { type Optimization, openSession, type Session } from '../runtime/session.js'
import { exitCodes, worstExit } from './exit.js'
import { matchConfig } from './match.js'
import type { CaseReport, OutputRow, Problem, RunHeader } from './result.js'
import { failedRow, outputProblem, outputRows } from './rows.js'
import { bindTensors, type DataSet, readCase, type TestCase } from './testcase.js'

export interface VerifyOptions {
  /** Default `cpu`; the run is refused rather than moved to another provider. */
  readonly provider?: Provider
  /** Default `all`. */
  readonly optimization?: Optimization
  /** A model to run in place of the case's `model.onnx`, and what to call it. */
  readonly model?: { readonly bytes: Uint8Array; readonly file: string }
  /**
   * What to do about an expected output that the graph does not have, such as the components where it gives only the
   * loss: fail (default), or skip it and say so.
   */
  readonly absent?: 'fail' | 'skip'
}

/** Filled while a case runs, so that a failure keeps what was known by then. */
interface Progress {
  header?: RunHeader
  readonly rows: OutputRow[]
  readonly skipped: string[]
}

const setName = (test: TestCase, set: DataSet): string =>
  test.dataSets.length > 1 ? `${test.name}/${set.name}` : test.name

/** Runs one data set and compares what comes out. */
async function runDataSet(session: Session, test: TestCase, set: DataSet, skip: boolean, progress: Progress) {
  const name = setName(test, set)
  const where = join(test.dir, set.name)
  const feeds = Object.fromEntries(bindTensors(set.inputs, session.inputs, 'input', where))
  const expected = bindTensors(set.outputs, session.outputs, 'output', where)
  for (const output of [...expected.keys()]) {
    if (!skip || session.outputs.includes(output)) continue
    expected.delete(output)
    progress.skipped.push(output)
  }
  if (expected.size === 0) progress.rows.push(failedRow(name, '', outputProblem('not one output was compared')))
  else progress.rows.push(...outputRows(name, expected, await session.run(feeds), test))
}

/** A tolerance for an output that does not exist is a typo, and the output it was meant for would get another. */
function checkTolerances(test: TestCase): void {
  const names = test.dataSets.flatMap((set) => set.outputs.map((o) => o.name))
  if (names.includes('')) return
  const unknown = [...test.tolerances.outputs.keys()].find((output) => !names.includes(output))
  if (unknown === undefined) return
  const what = `"outputs" names ${quoted(unknown)}, which the case does not have`
  throw new InputError('E_TOLERANCE', { where: join(test.dir, 'data.json'), what, remedy: `it has ${listed(names)}` })
}

async function header(file: string, bytes: Uint8Array, info: ModelInfo, options: VerifyOptions): Promise<RunHeader> {
  return {
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    irVersion: info.irVersion,
    opset: info.opsets.get(''),
    runtime: await runtimeVersion(),
    provider: options.provider ?? 'cpu',
    optimization: options.optimization ?? 'all',
  }
}

async function run(source: TestCase | string, options: VerifyOptions, progress: Progress): Promise<void> {
  const test = typeof source === 'string' ? await readCase(source) : source
  const file = options.model?.file ?? join(test.dir, 'model.onnx')
  const bytes = options.model?.bytes ?? (await readBytes(file))
  const info = readModel(bytes, file)
  progress.header = await header(file, bytes, info, options)
  matchConfig(info.metadata, test.info.config, file, test.name)
  checkTolerances(test)
  const { provider, optimization } = progress.header
  const session = await openSession(bytes, { provider, optimization, file })
  try {
    for (const set of test.dataSets) {
      await runDataSet(session, test, set, options.absent === 'skip', progress).catch((error: unknown) => {
        progress.rows.push(failedRow(setName(test, set), '', problemOf(error)))
      })
    }
  } finally {
    await session.release()
  }
}

/** A failure that says nothing about the case: it would befall every other case too. */
const isGeneral = (error: unknown): boolean =>
  error instanceof RuntimeMissingError || (error instanceof ProviderError && error.code === 'E_PROVIDER_UNAVAILABLE')

/** An error that belongs in the report; one without an exit code is a fault of ours and goes up. */
function problemOf(error: unknown): Problem {
  const { code, exitCode, message } = error as Partial<Problem>
  if (isGeneral(error) || code === undefined || exitCode === undefined) throw error
  return { code, exitCode, message: message ?? '' }
}

const rowExit = ({ verdict, problem }: OutputRow): number =>
  verdict === 'PASS' ? exitCodes.ok : (problem?.exitCode ?? exitCodes.mismatch)

/**
 * Runs a model on the inputs of a case and compares its outputs with those expected. A case that cannot be read or
 * run is a failed row of the report, so that it does not hide the others.
 * @param source a case, or the folder it is to be read from
 * @throws RuntimeMissingError, or ProviderError for a provider that is not available: both concern every case
 */
export async function verifyCase(source: TestCase | string, options: VerifyOptions = {}): Promise<CaseReport> {
  const name = typeof source === 'string' ? basename(resolve(source)) : source.name
  const progress: Progress = { rows: [], skipped: [] }
  try {
    await run(source, options, progress)
  } catch (error) {
    progress.rows.push(failedRow(name, '', problemOf(error)))
  }
  return { case: name, ...progress, exitCode: worstExit(progress.rows.map(rowExit)) }
}
