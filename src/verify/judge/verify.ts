import { basename, resolve } from 'node:path'
import { exitCodes, worstExit } from '../../io/index.js'
import type { TestCase } from '../cases/testcase.js'
import { type PartialReport, problemOf, runCase } from './execute.js'
import type { VerifyOptions } from './options.js'
import { failedRow } from './outputrows.js'
import type { CaseReport, OutputRow } from './result.js'

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
  const partial: PartialReport = { rows: [], skipped: [], extra: [], near: [] }
  try {
    await runCase(source, options, partial)
  } catch (error) {
    partial.rows.push(failedRow(name, '', provider, problemOf(error)))
  }
  const { extra, ...rest } = partial
  const told = extra.length > 0 ? { extra } : {}
  return { case: name, provider, ...rest, ...told, exitCode: worstExit(partial.rows.map(rowExit)) }
}
