import type { BenchCase } from './cases.js'
import type { Measured, Timing } from './measure.js'
import type { Spread } from './stats.js'
import type { Task } from './variants.js'

/** One case with its times. */
export interface CaseReport extends Measured {
  readonly case: BenchCase
  /** Bytes of all inputs. */
  readonly inputs: number
  /** The loss by the oracle. */
  readonly loss: number
}

export const digits = (x: number): string => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2))
export const show = ({ median, low, high }: Spread): string => `${digits(median)} [${digits(low)}–${digits(high)}]`
export const megabytes = (bytes: number): string => digits(bytes / 1e6)

/** What the times of a group are compared with: the first of ours. */
const baseline = (timings: readonly Timing[]): Timing | undefined =>
  timings.find(({ name }) => name.startsWith('compact')) ?? timings[0]

export function describe({ batch, boxes, classes, size, preset }: BenchCase): string {
  const scales = preset === 'yolov3-tiny-coco' ? ', tiny' : ''
  return `${batch} × ${size} px, ${boxes} boxes each, ${classes} ${classes === 1 ? 'class' : 'classes'}${scales}`
}

const headings = (base: string): string[] => ['', 'ms [quartiles]', `× ${base}`, 'memory MB', '× inputs']

function row(timing: Timing, base: Timing, inputs: number): string[] {
  const ratio = timing === base ? '1' : show(timing.ratios[base.name] as Spread)
  const memory = timing.memory < 0 ? ['–', '–'] : [megabytes(timing.memory), digits(timing.memory / inputs)]
  return [timing.name, show(timing.ms), ratio, ...memory]
}

/** Rows in columns, the first to the left and the others to the right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)))
  const pad = (cell: string, i: number) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))
  return rows.map((cells) => `  ${cells.map(pad).join('  ')}`.trimEnd())
}

const notes: Readonly<Record<Task, string>> = {
  'another loss': 'computes another loss than all others, from boxes: compared by time only',
  labels: 'computes no loss, but the dense labels from boxes, equal in every entry: to be added where labels are dense',
}

/** What is no time of this loss. */
const noteLines = (timings: readonly Timing[]): string[] =>
  Object.entries(notes).flatMap(([task, note]) => {
    const names = timings.filter((t) => t.task === task).map(({ name }) => name)
    return names.length > 0 ? [`  NOTE ${names.join('; ')}: ${note}`] : []
  })

/** The times of one case as text. */
export function caseText(report: CaseReport): string {
  const { timings, absent, inputs, loss, disturbed } = report
  const lines = [
    `${report.case.name}: ${describe(report.case)}; inputs ${megabytes(inputs)} MB, loss ${loss.toFixed(4)}`,
  ]
  for (const gradients of [false, true]) {
    const group = timings.filter((t) => t.gradients === gradients)
    const base = baseline(group)
    if (base) lines.push(...columns([headings(base.name), ...group.map((t) => row(t, base, inputs))]))
  }
  if (disturbed > 0) lines.push(`  ${(100 * disturbed).toFixed(0)} % of the turns were disturbed by other processes`)
  lines.push(...noteLines(timings))
  return [...lines, ...absent.map(({ name, why }) => `  ABSENT ${name}: ${why}`), ''].join('\n')
}
