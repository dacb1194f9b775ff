import { type AnyTensor, exitCodes, nearest, quoted, type Tensor, worstExit } from '../../io/index.js'
import { caseConfig } from '../cases/caseconfig.js'
import { indexInWords } from '../cases/indexwords.js'
import type { TestCase } from '../cases/testcase.js'
import { type Asked, toleranceOf } from '../cases/tolerance.js'
import type { OutputRow } from '../judge/result.js'
import { judgedRows } from '../judge/setrows.js'
import { isAsked } from '../run/only.js'
import { type Aligned, aligned } from './aligned.js'
import { misfitRemedy } from './misfit.js'
import { answered, type Question } from './question.js'
import type { ArrayKind, CheckReport, CheckRow } from './result.js'

export interface CheckOptions {
  /** Patterns of names: only such arrays are held to the reference; see `isAsked`. Default all. */
  readonly arrays?: readonly string[] | undefined
  /** Tolerances that win over those of the case. */
  readonly asked?: Asked
  /** Fails cells at the threshold that fall on its other side; default: they are listed and what they change allowed. */
  readonly strictThreshold?: boolean | undefined
  /** Lets pass that an array was not compared. */
  readonly allowUncompared?: boolean | undefined
}

type Results = ReadonlyMap<string, Tensor>

/** The case with the tolerances that its outputs have by the types it holds them in, whatever they are compared in. */
function withTolerances({ test, held }: Question): TestCase {
  const { standard, outputs } = test.tolerances
  const own = [...held].map(([name, { dtype }]) => [name, toleranceOf(test.tolerances, name, dtype)] as const)
  return { ...test, tolerances: { standard, outputs: new Map([...outputs, ...own]) } }
}

/**
 * Judges the arrays as `verify` judges the outputs of a graph on a CPU: by the reference, which knows what every element may
 * be off, and by what the case holds. What one of them fails has failed.
 */
function judged(question: Question, arrays: ReadonlyMap<string, Aligned>, options: CheckOptions) {
  const { feeds, config, answers } = question
  const test = withTolerances(question)
  const judge = { provider: 'cpu', allowBothNan: true, config: caseConfig(config ?? test.info.config) } as const
  const { asked, strictThreshold = false } = options
  const court = { test, judge, options: { absent: 'skip', strictThreshold, ...(asked && { asked }) } } as const
  const tensors = (of: 'got' | 'held') =>
    new Map([...arrays].flatMap(([name, own]) => (own[of] ? [[name, own[of] as AnyTensor] as const] : [])))
  const by = (held: ReadonlyMap<string, AnyTensor>) =>
    judgedRows(court, { name: test.name, feeds, held }, tensors('got'), answers, [])
  const [reference, own] = [by(new Map()), by(tensors('held'))]
  const rows = [...reference.rows, ...own.rows].filter(({ verdict }) => verdict !== 'SKIP')
  // Of its margin a case says itself that rounding decides there.
  const isMarginal = (name: string) => test.info.margin !== undefined && arrays.get(name)?.held !== undefined
  const rowOf = (name: string) => {
    const both = (isMarginal(name) ? own.rows : rows).filter(({ output }) => output === name)
    return both.find(({ verdict }) => verdict === 'FAIL') ?? both[0]
  }
  return { rowOf, near: reference.near.length > 0 ? reference.near : own.near }
}

/** An array of the results, and what it is to be. */
interface Pair {
  readonly given: Tensor
  readonly expected: AnyTensor
}

const kindOf = ({ dtype, shape }: AnyTensor): ArrayKind => ({ dtype, shape })

/** What a row that was compared has to say. */
function compared(row: OutputRow, question: Question, { given, expected }: Pair): CheckRow {
  const { output, tolerance, comparison, explained } = row
  const { config, test } = question
  const place = comparison?.first[0]
  const where = place && indexInWords(output, place.index, expected.shape, caseConfig(config ?? test.info.config))
  const remedy = comparison?.problem && misfitRemedy({ name: output, got: given.shape, expected, config })
  return {
    output,
    verdict: row.verdict === 'PASS' ? 'PASS' : 'FAIL',
    wanted: kindOf(expected),
    given: kindOf(given),
    ...(tolerance && { tolerance }),
    ...(comparison && { comparison }),
    ...(explained !== undefined && { explained }),
    ...(place && where !== undefined && { first: { index: place.index, where } }),
    ...(remedy && { remedy }),
  }
}

/** An array that nothing is known of: misspelt, a copy of an input, or more than was asked for. */
function unknown(output: string, given: Tensor, { feeds, wanted }: Question, results: Results): CheckRow {
  const row: CheckRow = { output, verdict: 'UNKNOWN', given: kindOf(given) }
  if (Object.hasOwn(feeds, output)) return { ...row, remedy: 'it is an input of the case' }
  const absent = [...wanted.keys()].filter((name) => !results.has(name))
  const near = nearest(output, absent)
  return near === undefined ? row : { ...row, remedy: `did you mean ${quoted(near)}?` }
}

const exits: Readonly<Record<CheckRow['verdict'], number>> = {
  PASS: exitCodes.ok,
  FAIL: exitCodes.mismatch,
  MISSING: exitCodes.mismatch,
  UNKNOWN: exitCodes.incomplete,
}

/** What a report ends with; nothing compared is no success. */
function checkExit(rows: readonly CheckRow[], { allowUncompared = false }: CheckOptions): number {
  const counted = rows.filter(({ verdict }) => verdict !== 'UNKNOWN' || !allowUncompared)
  const none = rows.some(({ comparison }) => comparison) ? [] : [exitCodes.mismatch]
  return worstExit([...none, ...counted.map(({ verdict }) => exits[verdict])])
}

/** What the arrays of the results are to be, of those that the case or the reference knows. */
function expectedOf(results: Results, question: Question): ReadonlyMap<string, AnyTensor> {
  const known = [...results].flatMap(([name, { dtype }]) => {
    const value = question.wanted.get(name) ?? answered(name, dtype, question)
    return value ? [[name, value] as const] : []
  })
  return new Map(known)
}

/**
 * Holds arrays that another implementation gave for the inputs of a case to what the case holds, and to the float64
 * reference where it holds nothing: within the tolerances of `verify`.
 * @param results by our names of outputs, of any element type; a single number may be of any rank
 */
export function checkResults(
  question: Question,
  results: Results,
  options: CheckOptions = {},
): Pick<CheckReport, 'rows' | 'left' | 'near' | 'exitCode'> {
  const { wanted, held } = question
  const isWanted = (name: string) => options.arrays === undefined || isAsked(name, options.arrays)
  const own = new Map([...results].filter(([name]) => isWanted(name)))
  const expected = expectedOf(own, question)
  const arrays = new Map([...own].map(([name, given]) => [name, aligned(given, held.get(name), expected.get(name))]))
  const { rowOf, near } = judged(question, arrays, options)
  const names = [...new Set([...wanted.keys(), ...results.keys()])]
  const rows = names.filter(isWanted).map((output): CheckRow => {
    const [given, value] = [own.get(output), expected.get(output)]
    if (!given) return { output, verdict: 'MISSING', wanted: kindOf(wanted.get(output) as AnyTensor) }
    const row = rowOf(output)
    return row && value
      ? compared(row, question, { given, expected: value })
      : unknown(output, given, question, results)
  })
  return { rows, left: names.filter((name) => !isWanted(name)), near, exitCode: checkExit(rows, options) }
}
