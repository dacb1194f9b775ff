import { existsSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import {
  exitCodes,
  Fault,
  isFolder,
  listed,
  namesBelow,
  printable,
  quoted,
  readArrays,
  refuse,
  type Tensor,
  worstExit,
} from '../../io/index.js'
import { findCases, readCase } from '../cases/testcase.js'
import { problemOf } from '../judge/execute.js'
import { oneByOne } from '../judge/turns.js'
import { isAsked } from '../run/only.js'
import type { Progress } from '../run/progress.js'
import { type CheckOptions, checkResults } from './check.js'
import { questionOf } from './question.js'
import type { CheckReport } from './result.js'

export interface CheckRun extends CheckOptions {
  /** Patterns of names: only such cases. */
  readonly only?: readonly string[] | undefined
  /** What arrays of ours are called in the results: their names, and ours. */
  readonly outputs?: ReadonlyMap<string, string> | undefined
  /** Which data set of a case; default 0. */
  readonly set?: number
  /** Bytes that the arrays of one file may have together; default 1 GiB. */
  readonly maxUnpacked?: number
}

/** What was checked. */
export interface Checked {
  readonly reports: readonly CheckReport[]
  /** Files of results that are of no case. */
  readonly strangers: readonly string[]
  readonly exitCode: number
}

/** The code of a case without results. */
export const noResults = 'E_MISSING'

/** A case, and where the results for it are. */
interface Place {
  readonly name: string
  readonly dir: string
  readonly file: string
}

const usage = (where: string, what: string, remedy: string) => new Fault('usage', 'E_USAGE', { where, what, remedy })

const remedyOfCases = 'yolo-loss verify loss.onnx --keep kit --npz makes a folder of cases'

/** The cases of a folder with the files that belong to them. @throws InputError, Fault of usage */
async function placesOf(target: string, results: string): Promise<Place[]> {
  if (!isFolder(target)) refuse('E_FIXTURE', target, 'there is no such folder of cases', remedyOfCases)
  const dirs = await findCases(target)
  if (dirs.length === 0) refuse('E_FIXTURE', target, 'holds no case', remedyOfCases)
  const isOne = resolve(dirs[0] as string) === resolve(target)
  if (isOne) {
    const name = basename(resolve(target))
    return [{ name, dir: target, file: isFolder(results) ? join(results, `${name}.npz`) : results }]
  }
  if (!isFolder(results)) {
    const what = `is no folder, and ${target} holds ${dirs.length} cases`
    throw usage(results, what, 'name a folder with <case>.npz for each, or one case')
  }
  return dirs.map((dir) => {
    const name = relative(target, dir).split(sep).join('/')
    return { name, dir, file: join(results, `${name}.npz`) }
  })
}

function asked(places: readonly Place[], only: readonly string[] | undefined): readonly Place[] {
  const own = only ? places.filter(({ name }) => isAsked(name, only)) : places
  if (own.length > 0) return own
  const where = (only ?? []).map((pattern) => `-k ${quoted(pattern)}`).join(' ')
  throw usage(where, 'no case has this in its name', `there are ${listed(places.map(({ name }) => name))}`)
}

/** Arrays by our names. @throws InputError for two of one name */
function renamed(arrays: ReadonlyMap<string, Tensor>, names: CheckRun['outputs'], file: string): Map<string, Tensor> {
  const ours = new Map<string, Tensor>()
  for (const [name, tensor] of arrays) {
    const own = names?.get(name) ?? name
    if (ours.has(own)) refuse('E_OUTPUTS', file, `two arrays are ${quoted(own)} by --outputs`, 'leave one of them out')
    ours.set(own, tensor)
  }
  return ours
}

async function checkedAt({ name, dir, file }: Place, run: CheckRun): Promise<CheckReport> {
  const { set = 0, maxUnpacked } = run
  const question = questionOf(await readCase(dir), set)
  const limits = maxUnpacked === undefined ? {} : { bytes: maxUnpacked }
  const results = renamed(await readArrays(file, limits), run.outputs, file)
  return { case: name, file, ...checkResults(question, results, run) }
}

/** The same of one case among several: what cannot be read does not hide the others, and without a file all is missing. */
async function checkedAmong(place: Place, run: CheckRun): Promise<CheckReport> {
  const { name, dir, file } = place
  try {
    if (existsSync(file)) return await checkedAt(place, run)
    const message = `there are no results for it: write them to ${printable(file)}`
    const question = questionOf(await readCase(dir), run.set ?? 0)
    const problem = { code: noResults, message, exitCode: exitCodes.mismatch }
    return { case: name, file, ...checkResults(question, new Map(), run), problem }
  } catch (error) {
    const problem = problemOf(error)
    return { case: name, file, rows: [], left: [], near: [], problem, exitCode: problem.exitCode }
  }
}

/** Files of results that no case asks for. */
function strangersIn(results: string, places: readonly Place[]): string[] {
  if (!isFolder(results)) return []
  const known = new Set(places.map(({ file }) => resolve(file)))
  const found = namesBelow(results).filter((name) => name.endsWith('.npz'))
  return found.filter((name) => !known.has(resolve(results, name))).sort()
}

/** @throws Fault of usage where a pattern of arrays, or a name, is that of none */
function expectAsked(reports: readonly CheckReport[], { arrays }: CheckRun): void {
  if (arrays === undefined || reports.some(({ problem, rows }) => problem || rows.length > 0)) return
  const where = arrays.map((pattern) => `--arrays ${quoted(pattern)}`).join(' ')
  const has = [...new Set(reports.flatMap(({ left }) => left))]
  throw usage(where, 'no array has this in its name', `there are ${listed(has)}`)
}

/**
 * Holds the results of another implementation to the reference.
 * @param target a case, or a folder of them
 * @param results for a case its `.npz`, or a folder that has it; for a folder one with `<case>.npz` for each
 * @throws InputError where there are no cases; Fault of usage for results that are no folder, and patterns of nothing
 */
export async function checkCases(
  target: string,
  results: string,
  run: CheckRun = {},
  progress?: Progress,
): Promise<Checked> {
  const all = await placesOf(target, results)
  const places = asked(all, run.only)
  const strangers = strangersIn(results, all)
  const reports = await oneByOne(places, async (place, i) => {
    const report = await (isFolder(results) ? checkedAmong : checkedAt)(place, run)
    progress?.step(i + 1, places.length, place.name)
    return report
  })
  expectAsked(reports, run)
  const strange = strangers.length > 0 && !run.allowUncompared ? [exitCodes.incomplete] : []
  return { reports, strangers, exitCode: worstExit([...reports.map(({ exitCode }) => exitCode), ...strange]) }
}
