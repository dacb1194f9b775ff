import { Fault } from '../../io/index.js'
import { messageOf } from '../errors.js'
import type { Outcome, TaskResult } from './task.js'

/** An error as it passes between processes. */
export type WireError = Pick<Fault, 'name' | 'kind' | 'code' | 'where' | 'what' | 'remedy' | 'lead' | 'stack'>

/** An error that happened in a child process; it keeps the name, code and exit code it had there. */
export class RemoteError extends Fault {
  override readonly name: string

  constructor({ name, kind, code, lead, stack, ...complaint }: WireError) {
    super(kind, code, complaint, { lead })
    this.name = name
    if (stack !== undefined) this.stack = stack
  }
}

export function toWire(error: unknown): WireError {
  const what = messageOf(error)
  const fault =
    error instanceof Fault ? error : new Fault('internal', 'E_INTERNAL', { where: '', what }, { lead: what })
  const { name, stack } = error instanceof Error ? error : fault
  const { kind, code, where, remedy, lead } = fault
  return { name, kind, code, where, what: fault.what, remedy, lead, ...(stack === undefined ? {} : { stack }) }
}

/** A result with its errors as they pass, or as they came out. */
export function withErrors<A, B>(result: TaskResult<A>, change: (error: A) => B): TaskResult<B> {
  const changed = (run: Outcome<A>): Outcome<B> =>
    'error' in run
      ? { error: change(run.error) }
      : { ...run, unread: new Map([...run.unread].map(([name, error]) => [name, change(error)])) }
  return { ...result, runs: result.runs.map(changed) }
}
