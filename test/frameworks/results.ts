import type { Failure } from './blame.js'
import type { FormName, Mode } from './records.js'

/** `green`: all cases; `WRONG`: a value that is not right, without an error; `part`: some cases refused; `red`: all. */
export type Status = 'green' | 'part' | 'red' | 'WRONG'

/** One runtime on one kind of graph in one mode. */
export interface Row {
  readonly runtime: string
  readonly title: string
  readonly engine: string
  readonly version: string
  readonly form: FormName
  readonly target?: string
  readonly opset?: number
  readonly mode: Mode
  readonly status: Status
  /** Cases that the exporter accepts for this form and target, and how many of them pass. */
  readonly cases: number
  readonly passed: number
  /** Of cases that gave a result, the largest relative error of the loss; null where it is infinite. */
  readonly lossError: number | null
  /** Of those, the largest |got − expected| / (atol + rtol·|expected|) over all outputs; at most 1 passes. */
  readonly measure: number | null
  /** Cases whose result is wrong, with the output that is farthest off. */
  readonly wrong: readonly string[]
  readonly failures: readonly Failure[]
  /** The day of the run, YYYY-MM-DD. */
  readonly date: string
}

/** A runtime that could not be installed, in its installer's words. */
export interface NotRun {
  readonly runtime: string
  readonly title: string
  readonly why: string
}

/** What `graphs/frameworks.json` holds. */
export interface Results {
  readonly rows: readonly Row[]
  readonly notRun: readonly NotRun[]
}

/** What identifies a row. */
export const keyOf = ({ runtime, form, target, opset, mode }: Omit<Row, 'status'>): string =>
  [runtime, form, target ?? '', opset ?? '', mode].join('|')

/** The committed results with those of a run in the places of their runtimes, in the order of the table. */
export function merged(committed: Results, run: Results, order: readonly string[]): Results {
  const ran = new Set([...run.rows, ...run.notRun].map(({ runtime }) => runtime))
  const kept = <T extends { readonly runtime: string }>(list: readonly T[]) =>
    list.filter(({ runtime }) => !ran.has(runtime) && order.includes(runtime))
  const sorted = <T extends { readonly runtime: string }>(list: readonly T[]) =>
    [...list].sort((a, b) => order.indexOf(a.runtime) - order.indexOf(b.runtime))
  return {
    rows: sorted([...kept(committed.rows), ...run.rows]),
    notRun: sorted([...kept(committed.notRun), ...run.notRun]),
  }
}
