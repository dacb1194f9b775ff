import { Fault, nearest, quoted } from '../io/index.js'
import type { Asked } from '../verify/index.js'

/** A report as far as it names outputs. */
interface Judged {
  readonly rows: readonly { readonly output: string }[]
}

/**
 * A tolerance for an output that no case has is a typo, and the output it was meant for was judged by another.
 * @throws Fault of usage, naming the argument
 */
export function checkAsked(reports: readonly Judged[], { rtol = [], atol = [] }: Asked): void {
  const outputs = new Set(reports.flatMap((r) => r.rows.map((row) => row.output)))
  const flags = [...rtol.map((a) => ['--rtol', a] as const), ...atol.map((a) => ['--atol', a] as const)]
  for (const [flag, { output, value }] of flags) {
    if (output === undefined || outputs.has(output)) continue
    const near = nearest(output, [...outputs])
    const remedy = near === undefined ? undefined : `did you mean ${quoted(near)}?`
    const where = `${flag} ${quoted(`${output}:${value}`)}`
    throw new Fault('usage', 'E_USAGE', { where, what: 'no case has this output', remedy })
  }
}
