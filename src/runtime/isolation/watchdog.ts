import { Worker } from 'node:worker_threads'

/** What a watchdog looks at. */
export interface Watched {
  /** A file that is touched as long as this process lives. */
  readonly heartbeat: string
  /** A process without which this one must not live on. */
  readonly parent?: number
}

/** Between two looks, in milliseconds. */
const pace = 250

// A process that is stopped and goes on sees its own verdict first, in nanoseconds.
const grace = 1_000_000_000n

// As text, because the thread then starts alike from TypeScript and from the bundle, and loads nothing else. Where
// parents are inherited the number changes with the parent's death; elsewhere it stays, and the process is looked for.
const code = `
const { utimesSync } = require('node:fs')
const { workerData } = require('node:worker_threads')
const { deadline, heartbeat, pace, parent } = workerData
function orphaned() {
  if (process.ppid !== parent) return true
  try {
    process.kill(parent, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
function late() {
  const end = Atomics.load(deadline, 0)
  return end !== 0n && process.hrtime.bigint() > end
}
setInterval(() => {
  if ((parent !== undefined && orphaned()) || late()) process.kill(process.pid, 'SIGKILL')
  try {
    const now = new Date()
    utimesSync(heartbeat, now, now)
  } catch {}
}, pace)
`

/**
 * A thread that goes on while native code blocks that of JavaScript: it touches a heartbeat, and ends this process with
 * SIGKILL when its parent is gone or a deadline has passed.
 */
export class Watchdog {
  /** In nanoseconds of the clock that no change of date moves; 0 for none. */
  readonly #deadline = new BigInt64Array(new SharedArrayBuffer(8))
  readonly #thread: Worker

  constructor({ heartbeat, parent }: Watched) {
    // Neither options nor environment: both may ask for a loader of TypeScript, which takes longer than all of this.
    this.#thread = new Worker(code, {
      eval: true,
      execArgv: [],
      env: {},
      workerData: { deadline: this.#deadline, heartbeat, pace, parent },
    })
    this.#thread.unref()
  }

  /** Ends this process some time after so many seconds, unless `release` comes first. */
  expect(seconds: number): void {
    const span = BigInt(Math.ceil(seconds * 1e9))
    Atomics.store(this.#deadline, 0, process.hrtime.bigint() + span + grace)
  }

  /** Takes the deadline back. */
  release(): void {
    Atomics.store(this.#deadline, 0, 0n)
  }

  /** Ends the thread. */
  async stop(): Promise<void> {
    await this.#thread.terminate()
  }
}
