import { basename, resolve } from 'node:path'
import type { Provider } from '../runtime/provider.js'
import type { Optimization } from '../runtime/session.js'
import type { Runner } from '../runtime/task.js'
import { exitCodes, worstExit } from './exit.js'
import type { PlacementRule } from './placed.js'
import type { CaseReport, OutputRow } from './result.js'
import { failedRow } from './rows.js'
import { type Progress, problemOf, runCase } from './run.js'
import type { TestCase } from './testcase.js'
import type { Asked } from './tolerance.js'

export interface VerifyOptions {
  /** Default `cpu`; the run is refused rather than moved to another provider. */
  readonly provider?: Provider
  /** Default `all`. */
  readonly optimization?: Optimization
  /** Which GPU, for `cuda`; default 0. */
  readonly deviceId?: number
  /** A model to run in place of the case's `model.onnx`, and what to call it. */
  readonly model?: { readonly bytes: Uint8Array; readonly file: string }
  /**
   * What to do about an output that only the case has, such as the components where a graph gives only the loss, or
   * only the graph, such as its gradients: fail (default), or skip it and say so.
   */
  readonly absent?: 'fail' | 'skip'
  /** Semantics that the case assumes, if a model of another is to be refused. */
  readonly semantics?: string
  /** Where the model runs; default in this process. */
  readonly runner?: Runner
  /** Proves where each node ran, and what is asked of that; default no proof. */
  readonly placement?: PlacementRule
  /** Tolerances that win over those of the case. */
  readonly asked?: Asked
  /** Lets outputs without elements pass. */
  readonly allowEmpty?: boolean
  /** Lets NaN stand for NaN. */
  readonly allowBothNan?: boolean
  /** Fails cells at the threshold that fall on its other side; default: they are listed and what they change allowed. */
  readonly strictThreshold?: boolean
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
  const provider = options.provider ?? 'cpu'
  const progress: Progress = { rows: [], skipped: [], extra: [], near: [] }
  try {
    await runCase(source, options, progress)
  } catch (error) {
    progress.rows.push(failedRow(name, '', provider, problemOf(error)))
  }
  const { extra, ...rest } = progress
  const told = extra.length > 0 ? { extra } : {}
  return { case: name, provider, ...rest, ...told, exitCode: worstExit(progress.rows.map(rowExit)) }
}
