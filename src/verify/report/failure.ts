import type { Worst } from '../compare/compare.js'
import { short } from '../compare/digits.js'
import type { OutputRow } from '../judge/result.js'

const difference = ({ index, expected, got, value }: Worst, where: string | undefined): string =>
  `greatest absolute difference ${short(value)} at [${index}]${where ? ` (${where})` : ''}: expected ${expected}, got ${got}`

/** Why a row failed, in lines of text. */
export function failureLines({ comparison, problem, tolerance, where }: OutputRow): string[] {
  const reason = problem?.message ?? comparison?.problem
  if (reason !== undefined) return reason.split('\n').map((line) => line.trim())
  if (!comparison) return []
  const { mismatches, compared, worstAbs, worstUlp, bothNan, requiredRtol, requiredAtol, first, spread } = comparison
  const listed = first.map(({ index, expected, got }) => `[${index}] ACTUAL ${got} DESIRED ${expected}`)
  return [
    `${mismatches} of ${compared} elements differ by more than the tolerance (${tolerance?.source ?? 'none'})`,
    ...(worstAbs && worstAbs.value > 0 ? [`${difference(worstAbs, where)}`] : []),
    ...(worstUlp && worstUlp.value > 0 ? [`greatest distance ${worstUlp.value} ulp at [${worstUlp.index}]`] : []),
    ...(bothNan > 0 ? [`${bothNan} elements are NaN on both sides`] : []),
    ...(requiredRtol > 0 ? [`would pass with rtol ${short(requiredRtol)}, or with atol ${short(requiredAtol)}`] : []),
    ...(spread ? [`errors: mean ${short(spread.mean)}, median ${short(spread.p50)}, 99 % ${short(spread.p99)}`] : []),
    ...(compared > 1 ? listed : []),
  ]
}
