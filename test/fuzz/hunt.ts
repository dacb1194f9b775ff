import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { isForeseen } from '../../src/io/fault.js'
import { changes, mutated } from './mutate.js'

/** A reader of files from outside, and files that it reads. */
export interface Fuzzer {
  readonly name: string
  readonly seeds: () => Promise<readonly Uint8Array[]>
  /** Reads bytes, in a folder of its own that stays from one to the next. */
  readonly run: (bytes: Uint8Array, folder: string) => unknown
}

/** One reading may take so long in milliseconds, and the process so much memory in bytes. */
const limits = { time: 10_000, memory: 2 ** 31 }

/** What a reading ended in that it must not; nothing when it read, or refused with a message. */
export async function misread({ run }: Fuzzer, bytes: Uint8Array, folder: string): Promise<string | undefined> {
  const begun = performance.now()
  try {
    await run(bytes, folder)
  } catch (error) {
    if (!isForeseen(error)) return (error as Error)?.stack ?? String(error)
  }
  const took = performance.now() - begun
  if (took > limits.time) return `took ${Math.round(took)} ms`
  const { rss } = process.memoryUsage()
  return rss > limits.memory ? `the process has ${rss} bytes` : undefined
}

/** A folder for as long as something is done in it. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'yolo-loss-fuzz-'))
  // The last reading may still be under way when the time is over.
  return work(folder).finally(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }))
}

/** Bytes that a reader stumbles over, made as small as can be. */
export interface Finding {
  readonly why: string
  readonly bytes: Uint8Array
  /** Of the file among those found. */
  readonly file: string
}

/** What came of a hunt. */
export interface Hunt {
  readonly executions: number
  readonly seed: number
  readonly finding?: Finding
}

const fileOf = (name: string, bytes: Uint8Array): string =>
  `${name}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`

/** Changes seeds at random until the time is over, or something is found. @param seconds how long */
export async function hunt(fuzzer: Fuzzer, seconds: number, seed: number): Promise<Hunt> {
  const seeds = await fuzzer.seeds()
  const one = fc.nat(seeds.length - 1)
  let executions = 0
  return inFolder(async (folder) => {
    let last: { why: string; bytes: Uint8Array } | undefined
    const property = fc.asyncProperty(one, one, changes, async (i, j, made) => {
      const bytes = mutated(seeds[i] as Uint8Array, seeds[j] as Uint8Array, made)
      executions++
      const why = await misread(fuzzer, bytes, folder)
      if (why !== undefined) last = { why, bytes }
      return why === undefined
    })
    const time = { interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false }
    const { failed } = await fc.check(property, { ...time, seed, numRuns: 2 ** 31 - 1 })
    if (!failed || !last) return { executions, seed }
    return { executions, seed, finding: { ...last, file: fileOf(fuzzer.name, last.bytes) } }
  })
}
