import { heartbeatOf } from '../../io/index.js'
import { loadRuntime } from '../ort.js'
import { runTask, type Task, type TaskResult } from './task.js'
import { Watchdog } from './watchdog.js'
import { toWire, type WireError, withErrors } from './wire.js'

/** What the child process is sent. */
export interface Order {
  readonly id: number
  readonly task: Task
  /** Seconds it may take. */
  readonly timeout: number
}

/** What it answers. */
export type Answer =
  | { readonly id: number; readonly result: TaskResult<WireError> }
  | { readonly id: number; readonly error: WireError }

const [parent, scratch] = process.argv.slice(2) as [parent: string, scratch: string]
const watchdog = new Watchdog({ heartbeat: heartbeatOf(scratch), parent: Number(parent) })

const answer = (message: Answer): void => void process.send?.(message)

process.on('message', async ({ id, task, timeout }: Order) => {
  watchdog.expect(timeout)
  try {
    answer({ id, result: withErrors(await runTask(task, scratch), toWire) })
  } catch (error) {
    answer({ id, error: toWire(error) })
  } finally {
    watchdog.release()
  }
})
// Loaded while the parent prepares the first task; where it cannot be, that task tells why.
loadRuntime().catch(() => undefined)
// The watchdog sees to a parent that dies while a run blocks this thread.
process.on('disconnect', () => process.exit())
// An interrupt reaches the whole process group; the parent ends us when it has seen to its own affairs.
process.on('SIGINT', () => {})
