import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { escaped, removeScratch, scratchFolder } from '../../io/index.js'
import { CrashError, LimitError } from '../errors.js'
import type { Feeds } from '../feeds.js'
import type { Optimization } from '../session.js'
import { type ChildOptions, checkLimits, lastWords, outOfMemory, startChild, telling } from './child.js'
import type { Runner, Task, TaskResult } from './task.js'
import { RemoteError, withErrors } from './wire.js'
import type { Answer, Order } from './worker.js'

type IsolateOptions = Omit<ChildOptions, 'scratch'>

interface Waiting {
  readonly id: number
  /** When its time is up, by the clock of `performance.now`. */
  readonly end: number
  readonly task: Task
  readonly resolve: (result: TaskResult) => void
  readonly reject: (error: Error) => void
}

/**
 * Runs tasks, one at a time, in a child process with limits of time and memory. A child that dies or hangs fails its
 * task only: the next one gets a new child.
 */
export class Isolate {
  readonly #options: IsolateOptions
  #scratch: string
  #child: ChildProcess | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #waiting: Waiting | undefined
  #orders = 0

  /** @throws Fault of usage for limits that would not be kept, and where there can be no temporary folder */
  constructor(options: IsolateOptions) {
    checkLimits(options.limits)
    this.#options = options
    this.#scratch = scratchFolder()
    this.#start()
  }

  /** Process id of the child, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Runs a task when those before it are done. @throws LimitError, CrashError, or what the run itself threw */
  readonly run: Runner = (task) => {
    const result = this.#queue.then(() => this.#order(task))
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** Starts the child before there is anything to do, so that it is ready when there is. */
  start(): void {
    this.#child ??= this.#start()
  }

  /** Ends the child and removes its files. */
  close(): void {
    this.#child?.kill('SIGKILL')
    removeScratch(this.#scratch)
  }

  #start(): ChildProcess {
    // Without a child nothing beats: another run may take the folder of a process that was stopped for abandoned.
    if (!existsSync(this.#scratch)) this.#scratch = scratchFolder()
    const child = startChild({ ...this.#options, scratch: this.#scratch })
    const words = lastWords(child)
    child.on('message', (message: Answer) => this.#hear(message))
    child.once('error', (error) => this.#died(child, () => error.message, null))
    child.once('close', (_, signal) => this.#died(child, words, signal))
    this.#child = child
    return child
  }

  #order(task: Task): Promise<TaskResult> {
    this.start()
    const child = this.#child as ChildProcess
    const id = this.#orders++
    const { timeout } = this.#options.limits
    return new Promise<TaskResult>((resolve, reject) => {
      // The answer may lie unread while this process was busy, so it is read once more before the verdict.
      const timeUp = () => setImmediate(() => this.#timeUp(child, id))
      const timer = setTimeout(timeUp, timeout * 1000)
      const done = <T>(settle: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer)
          settle(value)
        }
      }
      this.#waiting = {
        id,
        end: performance.now() + timeout * 1000,
        task,
        resolve: done(resolve),
        reject: done(reject),
      }
      // A child that is gone cannot be sent anything; its end is told by `close`.
      child.send({ id, task, timeout } satisfies Order, () => {})
    })
  }

  #hear(message: Answer): void {
    const waiting = this.#waiting
    if (waiting?.id !== message.id) return
    this.#waiting = undefined
    if ('result' in message) waiting.resolve(withErrors(message.result, (error) => new RemoteError(error)))
    else waiting.reject(new RemoteError(message.error))
  }

  #timeUp(child: ChildProcess, id: number): void {
    if (this.#waiting?.id !== id) return
    this.#forget(child)
    child.kill('SIGKILL')
    this.#fail(this.#late(this.#waiting.task.file))
  }

  #late(file: string): LimitError {
    const what = `not done after ${this.#options.limits.timeout} s; its process was ended`
    return new LimitError(file, what, undefined, 'E_TIMEOUT')
  }

  #died(child: ChildProcess, words: () => string, signal: NodeJS.Signals | null): void {
    if (this.#forget(child) && this.#waiting) this.#fail(this.#verdict(this.#waiting, words(), signal))
  }

  #verdict({ task: { file }, end }: Waiting, words: string, signal: NodeJS.Signals | null): Error {
    // A child ends itself at its deadline, where this process was stopped meanwhile and did not.
    if (signal === 'SIGKILL' && performance.now() >= end) return this.#late(file)
    // Nobody else here sends SIGKILL to a child that is still at work, so the system did, for want of memory.
    if (signal === 'SIGKILL' || outOfMemory(escaped(words)))
      return new LimitError(file, `its process ran out of memory (limit ${this.#options.limits.memory} MiB)`)
    const how = signal === null ? 'ended' : `was ended by ${signal}`
    return new CrashError(file, `the process that ran it ${how}${telling(words)}`)
  }

  /** True if this was the child at work. */
  #forget(child: ChildProcess): boolean {
    if (this.#child !== child) return false
    this.#child = undefined
    return true
  }

  #fail(error: Error): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(error)
  }
}

/** Gives a child process to something, and ends it when that is done. */
export async function isolated<T>(options: IsolateOptions, use: (run: Runner) => Promise<T>): Promise<T> {
  const isolate = new Isolate(options)
  isolate.start()
  return use(isolate.run).finally(() => isolate.close())
}

interface SingleRun extends Omit<Task, 'feeds' | 'session'> {
  readonly optimization?: Optimization
  readonly feeds: Feeds
}

/** Runs a model once in a child process. @throws as `Isolate.run`, and what the run itself threw */
export function runOnce(options: IsolateOptions, { feeds, optimization = 'all', ...task }: SingleRun) {
  const session = { provider: options.provider, optimization }
  return isolated(options, async (run) => {
    const { runs, ...result } = await run({ ...task, session, feeds: [feeds] })
    const [outcome] = runs
    if (!outcome || 'error' in outcome) throw outcome?.error
    return { ...result, outputs: outcome.outputs }
  })
}
