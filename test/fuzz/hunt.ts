import { createHash } from 'node:crypto'
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

/** What a reading may take. */
export interface Limits {
  /** Milliseconds of one. */
  readonly time: number
  /** Bytes that the process has in memory. */
  readonly memory: number
}

/** Where readings take place. */
export interface Place {
  readonly folder: string
  readonly limits: Limits
  /** Is told what is read next. */
  readonly begins: (bytes: Uint8Array) => void
}

/** What a reading ended in that it must not; nothing when it read, or refused with a message. */
export async function misread(
  { run }: Fuzzer,
  bytes: Uint8Array,
  { folder, limits, begins }: Place,
): Promise<string | undefined> {
  begins(bytes)
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

/** Bytes that a reader stumbles over; as small as can be, where it came to an end. */
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

/** A finding with the name of its file. */
export const findingOf = (fuzzer: string, why: string, bytes: Uint8Array): Finding => ({
  why,
  bytes,
  file: `${fuzzer}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`,
})

/** Changes seeds at random until the time is over, or something is found. @param seconds how long */
export async function hunt(fuzzer: Fuzzer, seconds: number, seed: number, place: Place): Promise<Hunt> {
  const seeds = await fuzzer.seeds()
  const one = fc.nat(seeds.length - 1)
  let executions = 0
  let last: { why: string; bytes: Uint8Array } | undefined
  const property = fc.asyncProperty(one, one, changes, async (i, j, made) => {
    const bytes = mutated(seeds[i] as Uint8Array, seeds[j] as Uint8Array, made)
    executions++
    const why = await misread(fuzzer, bytes, place)
    if (why !== undefined) last = { why, bytes }
    return why === undefined
  })
  const time = { interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false }
  const { failed } = await fc.check(property, { ...time, seed, numRuns: 2 ** 31 - 1 })
  if (!failed || !last) return { executions, seed }
  return { executions, seed, finding: findingOf(fuzzer.name, last.why, last.bytes) }
}
