import type { LiveBatch } from '../batch/batch.js'
import { type Expected, expected, graphKey, graphOf, total } from '../batch/compute.js'
import type { Edit } from '../batch/edits.js'
import { begun, further, type History, reset, undone } from '../batch/history.js'
import type { Provider, Runtime } from './runtime.js'

/** What the page knows of a batch as it is now. */
export interface Outcome {
  readonly batch: LiveBatch
  /** Of the graph, in float32 as a rule. */
  readonly graph?: number
  readonly milliseconds?: number
  /** Whether it is the graph that lies beside the page, or one that was built here. */
  readonly given: boolean
  readonly provider: Provider
  /** Whether the reference was asked. */
  readonly checked?: true
  readonly reference?: Expected
  /** Why there is no loss. */
  readonly failure?: string
}

/** A graph that lies beside the page. */
export interface GivenGraph {
  readonly name: string
  readonly bytes: Uint8Array
}

type Listener = () => void

/** The batch that is shown, the changes made to it, and the loss that follows them. */
export class Live {
  history: History
  provider: Provider = 'wasm'
  /** Before the first change. */
  first: Outcome | undefined
  now: Outcome | undefined
  /** Why the last change was refused. */
  refused: string | undefined
  readonly #listeners: Listener[] = []
  readonly #settledListeners: ((batch: LiveBatch) => void)[] = []
  #busy = false
  #isSettled = true

  constructor(
    batch: LiveBatch,
    readonly runtime: Runtime,
    readonly given: GivenGraph,
  ) {
    this.history = begun(batch)
  }

  get batch(): LiveBatch {
    return this.history.batch
  }

  get isBusy(): boolean {
    return this.#busy
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener)
  }

  /** Hears of a batch when no change follows at once. */
  onSettled(listener: (batch: LiveBatch) => void): void {
    this.#settledListeners.push(listener)
  }

  /** @param goesOn whether it takes the place of the last change @param isSettled whether no other follows at once */
  edit(edit: Edit, goesOn = false, isSettled = true): void {
    this.#isSettled = isSettled
    this.#become(() => further(this.history, edit, goesOn))
  }

  undo(): void {
    this.#become(() => undone(this.history))
  }

  reset(): void {
    this.#become(() => reset(this.history))
  }

  /** Runs what is there on another provider. */
  runOn(provider: Provider): void {
    this.provider = provider
    this.#become(() => this.history)
  }

  #become(next: () => History): void {
    try {
      this.history = next()
      this.refused = undefined
    } catch (error) {
      this.refused = messageOf(error)
    }
    // Busy from here on, before anybody looks.
    void this.follow()
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Computes until it has the loss of the batch as it is; changes in between are followed by the last alone. */
  async follow(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    while (!this.#isCurrent || (this.#isSettled && !this.now?.checked)) {
      this.now = this.#isCurrent && this.now ? checked(this.now) : await this.#graph(this.batch)
      if (this.now.checked && this.now.batch === this.#start) this.first ??= this.now
      this.#tell()
      await painted()
    }
    this.#busy = false
    this.#tell()
    if (this.#isSettled) for (const listener of this.#settledListeners) listener(this.batch)
  }

  /** The batch before the first change. */
  get #start(): LiveBatch {
    return this.history.earlier[0] ?? this.batch
  }

  get #isCurrent(): boolean {
    return this.now?.batch === this.batch && this.now.provider === this.provider
  }

  async #graph(batch: LiveBatch): Promise<Outcome> {
    const { config, feeds } = batch
    const { provider } = this
    const key = graphKey(config)
    const given = key === graphKey(this.#start.config)
    try {
      const bytes = () => (given ? this.given.bytes : graphOf(config))
      const { loss, milliseconds } = await this.runtime.run(key, bytes, feeds, provider)
      return { batch, provider, given, graph: total(loss), milliseconds }
    } catch (error) {
      return { batch, provider, given, failure: messageOf(error) }
    }
  }
}

function checked(outcome: Outcome): Outcome {
  try {
    return { ...outcome, checked: true, reference: expected(outcome.batch) }
  } catch (error) {
    return { ...outcome, checked: true, failure: outcome.failure ?? messageOf(error) }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What was written is seen before work begins that stops everything; a page in the background is not painted. */
const painted = (): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, 100)
    requestAnimationFrame(() =>
      setTimeout(() => {
        clearTimeout(timer)
        done()
      }),
    )
  })
