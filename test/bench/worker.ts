import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** How to start a worker. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/**
 * One variant of the loss in a process of its own: the idle threads of a runtime spin for a while, and would slow
 * another variant in the same process two- to threefold.
 *
 * It says `ready` when its inputs are loaded, then answers each line with numbers on one line:
 *   check     the loss, and the norm of the gradient where it computes one; of what makes labels, how many
 *             entries are wrong
 *   memory    the peak of memory of the runs so far beyond that before the first, in bytes; −1 if unknown
 *   traffic   bytes of the inputs and of the outputs; ours only
 *   run N     N times in ns, after one run that is not timed
 * With BENCH_BUSY=1 in the environment it uses one thread instead of two, and tells processor time instead of wall time.
 */
export class Worker {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  #log = ''

  private constructor({ file, args, env }: Command) {
    const options = { stdio: ['pipe', 'pipe', 'pipe'] as const, env: { ...process.env, ...env } }
    this.#child = spawn(file, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    this.#child.stderr.on('data', (text) => {
      this.#log = (this.#log + text).slice(-2000)
    })
    this.#child.stdin.on('error', () => {}) // the missing answer tells it better
    this.#child.on('error', (error) => {
      this.#log += error.message
    })
  }

  /** @throws Error with what the process last wrote when it does not become ready in time */
  static async start(command: Command, seconds = 120): Promise<Worker> {
    const worker = new Worker(command)
    await worker.#answer(seconds)
    return worker
  }

  async ask(line: string, seconds = 300): Promise<number[]> {
    this.#child.stdin.write(`${line}\n`)
    const answer = (await this.#answer(seconds)).trim().split(' ').map(Number)
    if (answer.length > 0 && answer.every((x) => !Number.isNaN(x))) return answer
    throw new Error(`no numbers came for "${line}": ${this.#reason()}`)
  }

  /** Ends the process once it has read all that was asked. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.stdin.end()
    await gone
  }

  async #answer(seconds: number): Promise<string> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), seconds * 1000)
    const { value, done } = await this.#lines.next()
    clearTimeout(timer)
    if (done) throw new Error(`the worker ended: ${this.#reason()}`)
    return value
  }

  #reason(): string {
    return this.#log.trim().split('\n').at(-1) ?? 'it wrote nothing'
  }
}
