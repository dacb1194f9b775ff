import { loadRuntime } from '../ort.js'
import { runTask, type Task, type TaskResult } from './task.js'
import { toWire, type WireError, withErrors } from './wire.js'

/** What the child process is sent. */
export interface Order {
  readonly id: number
  readonly task: Task
  readonly scratch: string
}

/** What it answers. */
export type Answer =
  | { readonly id: number; readonly result: TaskResult<WireError> }
  | { readonly id: number; readonly error: WireError }

const answer = (message: Answer): void => void process.send?.(message)

process.on('message', async ({ id, task, scratch }: Order) => {
  try {
    answer({ id, result: withErrors(await runTask(task, scratch), toWire) })
  } catch (error) {
    answer({ id, error: toWire(error) })
  }
})
// Loaded while the parent prepares the first task; where it cannot be, that task tells why.
loadRuntime().catch(() => undefined)
process.on('disconnect', () => process.exit())
// An interrupt reaches the whole process group; the parent ends us when it has seen to its own affairs.
process.on('SIGINT', () => {})
