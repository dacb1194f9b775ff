import { join } from 'node:path'
import { type AnyTensor, exitCodes, listed, nearest, quoted } from '../../io/index.js'
import type { Provider } from '../../runtime/index.js'
import { caseConfig } from '../cases/caseconfig.js'
import { indexInWords } from '../cases/indexwords.js'
import type { TestCase } from '../cases/testcase.js'
import { toleranceOf } from '../cases/tolerance.js'
import { compare } from '../compare/compare.js'
import { type Exempted, exemptIn, readExempted, widened } from '../threshold/exempt.js'
import type { Adjusted } from '../threshold/flipped.js'
import type { VerifyOptions } from './options.js'
import type { OutputRow, Problem } from './result.js'

/** What decides how a row is judged. */
export interface Judge extends Pick<VerifyOptions, 'asked' | 'allowEmpty' | 'allowBothNan'> {
  readonly test: TestCase
  readonly provider: Provider
}

/** The row of something that could not be compared. */
export const failedRow = (name: string, output: string, provider: Provider, problem: Problem): OutputRow => ({
  case: name,
  output,
  provider,
  verdict: 'FAIL',
  problem,
})

/** A disagreement about which outputs there are. */
export const outputProblem = (message: string): Problem => ({
  code: 'E_OUTPUTS',
  message,
  exitCode: exitCodes.mismatch,
})

/** The tolerance of an output with everything that bears on it. */
function toleranceFor({ test, provider, asked }: Judge, output: string, dtype: string, exempted: Exempted, slack = 0) {
  const tolerance = widened(exempted, output, toleranceOf(test.tolerances, output, dtype, provider, asked))
  if (slack === 0) return tolerance
  const source = `${tolerance.source}, and ${slack} for cells at the threshold`
  return { ...tolerance, atol: tolerance.atol + slack, source }
}

type Pair = readonly [expected: AnyTensor, got: AnyTensor]

function comparedRow(
  name: string,
  output: string,
  [expected, got]: Pair,
  judge: Judge,
  exempted: Exempted,
  near?: Adjusted,
) {
  const { provider, allowEmpty = false, allowBothNan = false, test } = judge
  const tolerance = toleranceFor(judge, output, expected.dtype, exempted, near?.slack.get(output))
  const exempt = exemptIn(exempted, output, expected)
  const comparison = compare(output, expected, got, { ...tolerance, exempt, allowEmpty, allowBothNan })
  const worst = comparison.worstAbs
  const where =
    worst && worst.value > 0 ? indexInWords(output, worst.index, expected.shape, caseConfig(test.info.config)) : ''
  const explained = near?.explained.get(output)
  return {
    case: name,
    output,
    provider,
    verdict: comparison.pass ? 'PASS' : 'FAIL',
    tolerance,
    comparison,
    ...(where === '' ? {} : { where }),
    ...(explained === undefined ? {} : { explained }),
  } satisfies OutputRow
}

/**
 * One row for each output that is expected or produced, in graph order; none is passed over in silence.
 * @param name what to call the case in the rows
 * @param near cells at the threshold, to be taken into account
 * @throws InputError when the margin in `case.json` is malformed
 */
export function outputRows(
  name: string,
  expected: ReadonlyMap<string, AnyTensor>,
  got: ReadonlyMap<string, AnyTensor>,
  judge: Judge,
  near?: Adjusted,
): OutputRow[] {
  const { test, provider } = judge
  const exempted = readExempted(test.info.margin, join(test.dir, 'case.json'))
  const rows: OutputRow[] = [...got].map(([output, tensor]) => {
    const wanted = near?.expected.get(output) ?? expected.get(output)
    if (wanted) return comparedRow(name, output, [wanted, tensor], judge, exempted, near)
    return failedRow(name, output, provider, outputProblem('the case holds no value for this output'))
  })
  const names = [...got.keys()]
  for (const output of [...expected.keys()].filter((o) => !got.has(o))) {
    const unclaimed = names.filter((n) => !expected.has(n))
    const near = nearest(output, unclaimed)
    const hint = near === undefined ? `it has ${listed(names)}` : `did you mean ${quoted(near)}?`
    rows.push(failedRow(name, output, provider, outputProblem(`the graph has no such output; ${hint}`)))
  }
  return rows
}
