import { readModel } from '../../src/onnx/index.js'
import type { Runtime } from './records.js'

/** Why cases of a row do not pass, and how many of them. */
export interface Failure {
  /** The framework's words, without what differs from run to run. */
  readonly error: string
  /** The operator whose node the error names, if it names one. */
  readonly op?: string
  readonly cases: number
  /** The reason, where it is known. */
  readonly why?: string
}

/** An error, and the graph it was about. */
export interface Complaint {
  readonly error: string
  readonly graph: Uint8Array
}

const mostShown = 220

/** Errors that differ only in paths, addresses and the name of a scratch file are one. */
export const stripped = (error: string): string =>
  error
    .replace(/\/(?:[\w.@+-]+\/)+/g, '')
    .replace(/https?:\/\/[\w.:]+\//g, '')
    .replace(/0x[0-9a-f]{6,}/gi, '0x…')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, mostShown)

/** The operator of the node that the error names; of several, that with the longest name. */
export function operatorIn({ error, graph }: Complaint): string | undefined {
  const named = readModel(graph, 'graph').nodes.filter(({ name }) => name !== '' && error.includes(name))
  return named.sort((a, b) => b.name.length - a.name.length)[0]?.op
}

/** Groups errors, the most frequent first, numbers in them not counted as a difference. */
export function failuresOf(complaints: readonly Complaint[], known: Runtime['known'] = []): Failure[] {
  const groups = new Map<string, Failure>()
  for (const complaint of complaints) {
    const error = stripped(complaint.error)
    const op = operatorIn(complaint)
    const key = `${op} ${error.replace(/\d+/g, '#')}`
    const why = known.find(({ pattern }) => pattern.test(complaint.error))?.why
    const first = groups.get(key) ?? {
      error,
      ...(op === undefined ? {} : { op }),
      cases: 0,
      ...(why === undefined ? {} : { why }),
    }
    groups.set(key, { ...first, cases: first.cases + 1 })
  }
  return [...groups.values()].sort((a, b) => b.cases - a.cases)
}
