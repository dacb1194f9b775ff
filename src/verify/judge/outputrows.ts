import { type AnyTensor, exitCodes, isReal, listed, nearest, quoted } from '../../io/index.js'
import type { Provider } from '../../runtime/index.js'
import type { CaseConfig } from '../cases/caseconfig.js'
import { indexInWords } from '../cases/indexwords.js'
import type { Tolerance } from '../cases/tolerance.js'
import { compare } from '../compare/compare.js'
import { elementAt, withElements } from '../compare/scalar.js'
import type { Excuse } from '../threshold/excuse.js'
import type { VerifyOptions } from './options.js'
import type { OutputRow, Problem } from './result.js'
import type { Expectation, Source } from './sources.js'

/** What decides how a row is judged. */
export interface Judge extends Pick<VerifyOptions, 'allowEmpty' | 'allowBothNan'> {
  readonly provider: Provider
  /** In whose words places are told. */
  readonly config: CaseConfig | undefined
}

/** The row of something that could not be compared. */
export const failedRow = (name: string, output: string, provider: Provider, problem: Problem): OutputRow => ({
  case: name,
  output,
  provider,
  verdict: 'FAIL',
  problem,
})

/** The row of an output that nothing was there to compare with. */
export const uncomparedRow = (name: string, output: string, provider: Provider): OutputRow => ({
  case: name,
  output,
  provider,
  verdict: 'SKIP',
  problem: {
    code: 'E_UNCOMPARED',
    message: 'not compared: neither the case nor the reference has a value for this output',
    exitCode: exitCodes.incomplete,
  },
})

/** A disagreement about which outputs there are. */
export const outputProblem = (message: string): Problem => ({
  code: 'E_OUTPUTS',
  message,
  exitCode: exitCodes.mismatch,
})

/** An expectation with what cells at the threshold do to it. */
export function excused(expectation: Expectation, output: string, excuse: Excuse | undefined): Expectation {
  const { tensor, slack } = expectation
  const [change, room] = [excuse?.change(output), excuse?.slack(output)]
  const moved =
    change && change.length === tensor.data.length && isReal(tensor.dtype)
      ? withElements(tensor, (i) => Number(elementAt(tensor, i)) + (change[i] as number))
      : tensor
  const more = room?.length === 1 ? (room[0] as number) : 0
  if (more > 0) return { ...expectation, tensor: moved, tolerance: widerBy(expectation.tolerance, more) }
  return { ...expectation, tensor: moved, slack: room?.map((x, i) => x + (slack?.[i] ?? 0)) ?? slack }
}

const widerBy = ({ atol, source, ...rest }: Tolerance, more: number): Tolerance => ({
  ...rest,
  atol: atol + more,
  source: `${source}, and ${more} for cells at the threshold`,
})

function comparedRow(name: string, output: string, expectation: Expectation, got: AnyTensor, judge: Judge) {
  const { provider, allowEmpty = false, allowBothNan = false, config } = judge
  const { tensor, tolerance, slack, exempt, mayBeNan = false } = expectation
  const options = { ...tolerance, slack, exempt, allowEmpty, allowBothNan: allowBothNan || mayBeNan }
  const comparison = compare(output, tensor, got, options)
  const worst = comparison.worstAbs
  const where = worst && worst.value > 0 ? indexInWords(output, worst.index, tensor.shape, config) : ''
  return {
    case: name,
    output,
    provider,
    verdict: comparison.pass ? 'PASS' : 'FAIL',
    tolerance,
    comparison,
    ...(where === '' ? {} : { where }),
  } satisfies OutputRow
}

/**
 * One row for each output that was produced and that a source knows, in graph order.
 * @param name what to call the case in the rows
 * @param excuse cells at the threshold, to be taken into account
 */
export function rowsAgainst(
  name: string,
  source: Source,
  got: ReadonlyMap<string, AnyTensor>,
  judge: Judge,
  excuse?: Excuse,
): OutputRow[] {
  const title = source.label === undefined ? name : `${name} against ${source.label}`
  return [...got].flatMap(([output, tensor]) => {
    const expectation = source.of(output, tensor.dtype)
    if (!expectation) return []
    const row = comparedRow(title, output, excused(expectation, output, excuse), tensor, judge)
    const words = excuse?.words(output)
    return [words === undefined ? row : { ...row, explained: words }]
  })
}

/** A failed row for each output that is expected and was not produced. */
export function absentRows(
  name: string,
  expected: Iterable<string>,
  got: ReadonlyMap<string, AnyTensor>,
  provider: Provider,
): OutputRow[] {
  const wanted = [...expected]
  const names = [...got.keys()]
  return wanted
    .filter((output) => !got.has(output))
    .map((output) => {
      const unclaimed = names.filter((n) => !wanted.includes(n))
      const near = nearest(output, unclaimed)
      const hint = near === undefined ? `it has ${listed(names)}` : `did you mean ${quoted(near)}?`
      return failedRow(name, output, provider, outputProblem(`the graph has no such output; ${hint}`))
    })
}
