import { nearest, quoted } from '../io/index.js'
import type { Asked, CaseReport } from '../verify/index.js'

/** A mistake on the command line that shows only when the work is done. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly exitCode = 2
}

/**
 * A tolerance for an output that no case has is a typo, and the output it was meant for was judged by another.
 * @throws UsageError naming the argument
 */
export function checkAsked(reports: readonly CaseReport[], { rtol = [], atol = [] }: Asked): void {
  const outputs = new Set(reports.flatMap((r) => r.rows.map((row) => row.output)))
  const flags = [...rtol.map((a) => ['--rtol', a] as const), ...atol.map((a) => ['--atol', a] as const)]
  for (const [flag, { output, value }] of flags) {
    if (output === undefined || outputs.has(output)) continue
    const near = nearest(output, [...outputs])
    const hint = near === undefined ? '' : `\n  hint: did you mean ${quoted(near)}?`
    throw new UsageError(`${flag} ${quoted(`${output}:${value}`)}: no case has this output${hint}`)
  }
}
