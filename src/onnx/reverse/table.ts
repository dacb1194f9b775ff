import { stops } from './rules/stops.js'
import { rules } from './rules.js'

/** A rule as one reads it. */
export interface RuleRow {
  readonly op: string
  /** Places of the operands that it differentiates by; all of them where none are named. */
  readonly by?: readonly number[]
  /** What each of them gets, the next after a semicolon: `a`, `b`, `x` operands, `y` the result, `g` its gradient. */
  readonly formula: string
}

/** The rules of reverse mode by operator, and the operators that nothing goes through, in the order of the alphabet. */
export function ruleTable(): { readonly rules: readonly RuleRow[]; readonly stops: readonly string[] } {
  const rows = Object.entries(rules).map(([op, { formula, by }]): RuleRow => ({ op, ...(by && { by }), formula }))
  return { rules: rows.sort((a, b) => (a.op < b.op ? -1 : 1)), stops: [...stops].sort() }
}
