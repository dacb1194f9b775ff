import { join } from 'node:path'
import type { Tensor } from '../graph/tensor.js'
import { didYouMean, listed, quoted } from '../proto/text.js'
import { compare } from './compare.js'
import { exitCodes } from './exit.js'
import { exemptIn, type Margin, readMargin, widened } from './margin.js'
import type { OutputRow, Problem } from './result.js'
import type { TestCase } from './testcase.js'
import { toleranceOf } from './tolerance.js'

/** The row of something that could not be compared. */
export const failedRow = (name: string, output: string, problem: Problem): OutputRow => ({
  case: name,
  output,
  verdict: 'FAIL',
  problem,
})

/** A disagreement about which outputs there are. */
export const outputProblem = (message: string): Problem => ({
  code: 'E_OUTPUTS',
  message,
  exitCode: exitCodes.mismatch,
})

function comparedRow(name: string, output: string, pair: readonly [Tensor, Tensor], test: TestCase, margin: Margin) {
  const [expected, got] = pair
  const tolerance = widened(margin, output, toleranceOf(test.tolerances, output))
  const comparison = compare(output, expected, got, { ...tolerance, exempt: exemptIn(margin, output, expected) })
  const verdict = comparison.pass ? 'PASS' : 'FAIL'
  return { case: name, output, verdict, tolerance, comparison } satisfies OutputRow
}

/**
 * One row for each output that is expected or produced, in graph order; none is passed over in silence.
 * @param name what to call the case in the rows
 * @throws InputError when the margin in `case.json` is malformed
 */
export function outputRows(
  name: string,
  expected: ReadonlyMap<string, Tensor>,
  got: ReadonlyMap<string, Tensor>,
  test: TestCase,
): OutputRow[] {
  const margin = readMargin(test.info.margin, join(test.dir, 'case.json'))
  const rows: OutputRow[] = [...got].map(([output, tensor]) => {
    const wanted = expected.get(output)
    if (wanted) return comparedRow(name, output, [wanted, tensor], test, margin)
    return failedRow(name, output, outputProblem('the case holds no value for this output'))
  })
  const names = [...got.keys()]
  for (const output of [...expected.keys()].filter((o) => !got.has(o))) {
    const near = didYouMean(
      output,
      names.filter((n) => !expected.has(n)),
    )
    const hint = near === undefined ? `it has ${listed(names)}` : `did you mean ${quoted(near)}?`
    rows.push(failedRow(name, output, outputProblem(`the graph has no such output; ${hint}`)))
  }
  return rows
}
