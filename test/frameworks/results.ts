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

const formOrder: readonly FormName[] = ['committed', 'compact', 'static', 'loop']
const modeOrder: readonly Mode[] = ['value', 'gradient', 'derived', 'jit', 'jit derived', 'program']

/** Where a row stands among those of its runtime: by form, the default before targets and other opsets, then by mode. */
const placeOf = ({ form, target, opset, mode }: Row): number =>
  10_000 * formOrder.indexOf(form) + (target === undefined ? 0 : 5000) + 10 * (opset ?? 0) + modeOrder.indexOf(mode)

/** Whether a row is among those that a run measures. */
export type Covers = (row: Pick<Row, 'runtime' | 'form'>) => boolean

/** The committed results with those of a run in the places of what it covers, in the order of the table. */
export function merged(committed: Results, run: Results, order: readonly string[], covers: Covers): Results {
  const ran = new Set([...run.rows, ...run.notRun].map(({ runtime }) => runtime))
  const isKept = (row: Row) => order.includes(row.runtime) && !(ran.has(row.runtime) && covers(row))
  const sorted = <T extends { readonly runtime: string }>(list: readonly T[]) =>
    [...list].sort((a, b) => order.indexOf(a.runtime) - order.indexOf(b.runtime))
  const absent = committed.notRun.filter(({ runtime }) => order.includes(runtime) && !ran.has(runtime))
  const rows = [...committed.rows.filter(isKept), ...run.rows].sort((a, b) => placeOf(a) - placeOf(b))
  return { rows: sorted(rows), notRun: sorted([...absent, ...run.notRun]) }
}
