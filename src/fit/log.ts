import type { Tensor } from '../io/index.js'
import { isCarried } from './opened.js'

/** A number, or the word for one that JSON has not: `NaN`, `Infinity`. */
type Told = number | string

/** What is written down of a step. */
export interface LogLine {
  readonly step: number
  readonly rate: number
  readonly loss: Told
  /** The least that the loss can be for these labels. */
  readonly floor: number
  /** Further numbers that the step hands out: the terms of each scale, where it was made with `--components`. */
  readonly [term: string]: Told
}

export const told = (x: number): Told => (Number.isFinite(x) ? x : String(x))

const sum = (data: ArrayLike<number | bigint>): number => Array.from(data, Number).reduce((a, b) => a + b, 0)

/** The numbers among the outputs of a step: those of one element, and the loss of each image added up. */
export function numbersIn(outputs: ReadonlyMap<string, Tensor>): Record<string, number> {
  const few = [...outputs].filter(([name, { data }]) => !isCarried(name) && (data.length === 1 || name === 'loss'))
  return Object.fromEntries(few.map(([name, { data }]) => [name, sum(data)]))
}

export function isLogLine(line: unknown): line is LogLine {
  const { step, rate } = (line ?? {}) as Partial<LogLine>
  return typeof step === 'number' && typeof rate === 'number'
}

/** A line of JSON for each step. */
export const linesOf = (log: readonly LogLine[]): string => log.map((line) => `${JSON.stringify(line)}\n`).join('')
