import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { lastWords, telling } from '../../src/runtime/isolation/child.js'
import { findingOf, type Hunt, type Limits } from './hunt.js'
import { countIn, lastIn } from './mailbox.js'
import type { Answer, Order, Work } from './reader.js'

const usual: Limits = { time: 10_000, memory: 2 ** 31 }

/** Between two looks, in milliseconds. */
const pace = 100

// A reading that comes to an end late says so itself, and is made small.
const grace = 1000

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** Bytes that a process has in memory; 0 where the system does not say: then each reading looks when it is over. */
function memoryOf(pid: number | undefined): number {
  try {
    return 1024 * Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** A process that reads. */
interface Reader {
  readonly child: ChildProcess
  readonly folder: string
  readonly mailbox: string
  readonly words: () => string
}

const live = new Set<Reader>()

function removed({ folder }: Reader): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20 })
}

process.on('exit', () => {
  for (const reader of live) {
    reader.child.kill('SIGKILL')
    removed(reader)
  }
})

function started(table: string, limits: Limits): Reader {
  const folder = mkdtempSync(join(tmpdir(), 'yolo-loss-fuzz-'))
  const work: Work = { table, folder, limits }
  const child = fork(here('reader.ts'), [JSON.stringify(work)], {
    // What grows in JavaScript's heap the engine ends, and on every system.
    execArgv: ['--import', tsx, `--max-old-space-size=${Math.ceil(limits.memory / 2 ** 20)}`],
    env: { ...process.env, NODE_OPTIONS: '' },
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  const reader = { child, folder, mailbox: join(folder, 'mailbox'), words: lastWords(child) }
  live.add(reader)
  return reader
}

type Gone = { readonly kind: 'gone'; readonly how: string }

/** What a process says next, or how it ended. */
const heard = ({ child, words }: Reader): Promise<Answer | Gone> =>
  new Promise((resolve) => {
    const said = (answer: Answer) => {
      child.off('close', gone)
      resolve(answer)
    }
    const gone = (code: number | null, signal: string | null) => {
      child.off('message', said)
      resolve({ kind: 'gone', how: `the process ended by ${signal ?? `exit code ${code}`}${telling(words())}` })
    }
    child.once('message', said).once('close', gone)
  })

/** Ends a process that hangs in a reading, or has too much in memory. @returns what ends the watch, with the verdict */
function watched({ child, mailbox }: Reader, { time, memory }: Limits): () => string | undefined {
  let [count, since] = [countIn(mailbox), performance.now()]
  let verdict: string | undefined
  const timer = setInterval(() => {
    const [now, at, has] = [countIn(mailbox), performance.now(), memoryOf(child.pid)]
    if (now !== count) [count, since] = [now, at]
    if (has > memory) verdict ??= `the process has ${has} bytes`
    else if (at - since > time + grace) verdict ??= `has not come to an end in ${Math.round(at - since)} ms`
    if (verdict !== undefined) child.kill('SIGKILL')
  }, pace)
  return () => {
    clearInterval(timer)
    return verdict
  }
}

/** A process was ended, or ended itself, in the middle of a reading. */
interface Ended {
  readonly kind: 'ended'
  readonly why: string
  readonly executions: number
  /** What it was reading. */
  readonly bytes: Uint8Array
}

/**
 * Has changed files read in a process of its own, which is ended when one reading takes too long or too much memory,
 * whatever it is busy with; the next order gets a new one.
 */
export class Hunter {
  #reader: Reader | undefined

  /** @param table the module whose `fuzzers` are meant, as a URL */
  constructor(
    readonly table: string,
    readonly limits = usual,
  ) {}

  /** Changes seeds at random until the time is over, or something is found. @param seconds how long */
  async hunt(name: string, seconds: number, seed: number): Promise<Hunt> {
    const answer = await this.#obeyed({ name, seconds, seed })
    if (answer.kind === 'hunt') return answer.hunt
    if (answer.kind !== 'ended') throw new Error(`${name}: was answered ${JSON.stringify(answer)}`)
    const { executions, why, bytes } = answer
    return { executions, seed, finding: findingOf(name, why, bytes) }
  }

  /** What a reading ended in that it must not; nothing when it read, or refused with a message. */
  async read(name: string, bytes: Uint8Array): Promise<string | undefined> {
    const answer = await this.#obeyed({ name, bytes })
    if (answer.kind === 'read' || answer.kind === 'ended') return answer.why
    throw new Error(`${name}: was answered ${JSON.stringify(answer)}`)
  }

  /** Ends the process and removes its folder. */
  async close(): Promise<void> {
    const reader = this.#reader
    if (!reader) return
    reader.child.kill('SIGKILL')
    if (reader.child.exitCode === null && reader.child.signalCode === null) await heard(reader)
    this.#forget(reader)
  }

  async #obeyed(order: Order): Promise<Answer | Ended> {
    const reader = this.#reader ?? (await this.#start())
    const before = countIn(reader.mailbox)
    const answered = heard(reader)
    reader.child.send(order, () => {})
    const unwatched = watched(reader, this.limits)
    const answer = await answered
    const verdict = unwatched()
    if (answer.kind !== 'gone') return answer
    const executions = countIn(reader.mailbox) - before
    const bytes = lastIn(reader.mailbox)
    this.#forget(reader)
    const why = verdict ?? answer.how
    if (executions === 0) throw new Error(`${order.name}: before anything was read, ${why}`)
    return { kind: 'ended', why, executions, bytes }
  }

  async #start(): Promise<Reader> {
    const reader = started(this.table, this.limits)
    const first = await heard(reader)
    if (first.kind !== 'ready') {
      this.#forget(reader)
      throw new Error(`no reader started: ${first.kind === 'gone' ? first.how : first.kind}`)
    }
    this.#reader = reader
    return reader
  }

  #forget(reader: Reader): void {
    live.delete(reader)
    removed(reader)
    this.#reader = undefined
  }
}
