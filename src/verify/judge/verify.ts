import { basename, resolve } from 'node:path'
import { exitCodes, expectArguments, must, worstExit } from '../../io/index.js'
import { expectConfig } from '../../yolo/index.js'
import type { TestCase } from '../cases/testcase.js'
import { type PartialReport, problemOf, runCase } from './execute.js'
import { ofVerifying, type VerifyOptions } from './options.js'
import { failedRow } from './outputrows.js'
import type { CaseReport, OutputRow, RunHeader } from './result.js'

const ofCase = must.having({
  name: must.text,
  dir: must.text,
  info: must.record,
  tolerances: must.record,
  dataSets: must.list(
    must.having({ name: must.text, inputs: must.list(must.record), outputs: must.list(must.record) }),
  ),
})

const rowExit = ({ verdict, problem }: OutputRow): number =>
  verdict === 'PASS' ? exitCodes.ok : (problem?.exitCode ?? exitCodes.mismatch)

const uncomparedIn = (rows: readonly OutputRow[]): string[] => [
  ...new Set(rows.flatMap(({ verdict, output }) => (verdict === 'SKIP' ? [output] : []))),
]

type Verified = Omit<CaseReport, 'uncompared' | 'exitCode'>

/** A report with what follows from its rows. */
function concluded(report: Verified, { allowUncompared }: VerifyOptions): CaseReport {
  const uncompared = uncomparedIn(report.rows)
  const counted = report.rows.filter(({ verdict }) => verdict !== 'SKIP' || !allowUncompared)
  const exitCode = worstExit(counted.map(rowExit))
  return { ...report, ...(uncompared.length > 0 ? { uncompared } : {}), exitCode }
}

async function verified(source: TestCase | string, options: VerifyOptions) {
  const name = typeof source === 'string' ? basename(resolve(source)) : source.name
  const provider = options.provider ?? 'cpu'
  const partial: PartialReport = { rows: [], skipped: [], near: new Map() }
  try {
    await runCase(source, options, partial)
  } catch (error) {
    partial.rows.push(failedRow(name, '', provider, problemOf(error)))
  }
  return { case: name, provider, partial }
}

/**
 * Runs a model on the inputs of a case and compares its outputs with those expected. A case that cannot be read or
 * run is a failed row of the report, so that it does not hide the others.
 * @param source a case, or the folder it is to be read from
 * @throws InputError for options that are none, RuntimeMissingError, or ProviderError for a provider that is not available: both concern every case
 */
export async function verifyCase(source: TestCase | string, options: VerifyOptions = {}): Promise<CaseReport> {
  expectArguments('verifyCase', { source: must.either(must.text, ofCase), options: ofVerifying }, { source, options })
  if (options.config) expectConfig(options.config)
  return verifyWhole(source, options)
}

/** The same, of options that hold more. */
export async function verifyWhole(source: TestCase | string, options: VerifyOptions): Promise<CaseReport> {
  const { partial, ...rest } = await verified(source, options)
  return concluded({ ...rest, ...partial, near: [...partial.near.values()].flat() }, options)
}

/** The same with a report for each data set; where nodes ran is told once, for they share a session. */
export async function verifySets(source: TestCase, options: VerifyOptions = {}): Promise<CaseReport[]> {
  const { partial, provider } = await verified(source, options)
  const { header, rows, skipped, near } = partial
  const names = source.dataSets.map((set) => set.name)
  const ownerOf = (row: OutputRow) =>
    names.find((n) => row.case === n || row.case.startsWith(`${n} against `)) ?? names[0]
  const { placement, ...told } = header ?? {}
  return names.map((name, i) => {
    const own = rows.filter((row) => ownerOf(row) === name)
    const shown = header && { ...told, ...(placement && i === 0 ? { placement } : {}) }
    // What kept the model from running keeps it from all of them.
    const all = own.length > 0 ? own : rows.map((row) => ({ ...row, case: name }))
    const report = { case: name, provider, ...(shown ? { header: shown as RunHeader } : {}), rows: all, skipped }
    return concluded({ ...report, near: near.get(name) ?? [] }, options)
  })
}
