import { join } from 'node:path'
import { Watchdog } from '../../src/runtime/isolation/watchdog.js'
import { type Fuzzer, type Hunt, hunt, type Limits, misread, type Place } from './hunt.js'
import { Mailbox } from './mailbox.js'

/** What a process that reads is told to do: to hunt, or to read bytes once. */
export type Order =
  | { readonly name: string; readonly seconds: number; readonly seed: number }
  | { readonly name: string; readonly bytes: Uint8Array }

/** What it says: that it is ready, what came of an order, or that it had to give up. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'hunt'; readonly hunt: Hunt }
  | { readonly kind: 'read'; readonly why: string | undefined }
  | { readonly kind: 'broken'; readonly why: string }

/** What such a process is given when it starts. */
export interface Work {
  /** The module whose `fuzzers` are meant. */
  readonly table: string
  /** For whatever readers write, and the mailbox. */
  readonly folder: string
  readonly limits: Limits
}

const { table, folder, limits } = JSON.parse(process.argv[2] as string) as Work
const mailbox = new Mailbox(join(folder, 'mailbox'))
const place: Place = { folder, limits, begins: (bytes) => mailbox.put(bytes) }
// A reading may block this thread when the parent is killed.
new Watchdog({ heartbeat: join(folder, 'heartbeat'), parent: process.ppid })

const { fuzzers } = (await import(table)) as { readonly fuzzers: readonly Fuzzer[] }

async function obeyed(order: Order): Promise<Answer> {
  const fuzzer = fuzzers.find(({ name }) => name === order.name)
  if (!fuzzer) throw new Error(`there is no fuzzer ${order.name}`)
  if ('bytes' in order) return { kind: 'read', why: await misread(fuzzer, order.bytes, place) }
  return { kind: 'hunt', hunt: await hunt(fuzzer, order.seconds, order.seed, place) }
}

const answer = (message: Answer): void => void process.send?.(message)

process.on('message', (order: Order) =>
  obeyed(order).then(answer, (error) => answer({ kind: 'broken', why: (error as Error).stack ?? String(error) })),
)
process.on('disconnect', () => process.exit())
answer({ kind: 'ready' })
