import { duration } from '../io/index.js'
import type { Progress } from '../verify/index.js'

/** Hears of nothing. */
export const silent: Progress = { step() {}, end() {} }

/** A run shorter than this shows nothing, in milliseconds. */
const patience = 1000

/** Between two lines, in milliseconds: nobody reads faster. */
const pause = 100

/** From where on the pace of some work is measured. */
interface Begun {
  readonly what: string
  readonly total: number
  readonly done: number
  readonly at: number
}

/** `12/s`, `0.5/s`, `8 s each`. */
function pace(perSecond: number): string {
  if (perSecond >= 0.1) return `${Number(perSecond.toPrecision(2))}/s`
  return `${duration(1 / perSecond)} each`
}

/** How fast it goes, and how long that leaves: nothing where it has only begun. */
function timing(done: number, { total, ...begun }: Begun, now: number): string {
  const perSecond = ((done - begun.done) / (now - begun.at)) * 1000
  if (!Number.isFinite(perSecond) || perSecond <= 0) return ''
  return `, ${pace(perSecond)}${done < total ? `, ${duration((total - done) / perSecond)} left` : ''}`
}

/** The line of a terminal on which long work tells how far it is. */
class Line implements Progress {
  readonly #since: number
  #begun: Begun | undefined
  #written: number | undefined

  constructor(
    readonly stream: NodeJS.WriteStream,
    readonly now: () => number,
  ) {
    this.#since = now()
  }

  step(done: number, total: number, what: string, state?: string): void {
    const now = this.now()
    const begun = this.#of(done, total, what, now)
    if (now - this.#since < patience || now - (this.#written ?? 0) < pause) return
    const text = `${done}/${total} ${what}${timing(done, begun, now)}${state === undefined ? '' : `; ${state}`}`
    this.stream.write(`\r\u001b[K${text.slice(0, Math.max((this.stream.columns || 80) - 1, 10))}`)
    this.#written = now
  }

  end(): void {
    if (this.#written !== undefined) this.stream.write('\r\u001b[K')
    this.#written = undefined
  }

  /** The same work as before, or another that has begun. */
  #of(done: number, total: number, what: string, now: number): Begun {
    const old = this.#begun
    if (old && old.what === what && old.total === total && old.done <= done) return old
    // Whatever tells of its first part began it when this was made; what goes on has done parts of it elsewhere.
    const first = done === 1 && !old
    this.#begun = { what, total, done: first ? 0 : done, at: first ? this.#since : now }
    return this.#begun
  }
}

/**
 * Tells on a terminal how far a long run is, how fast it goes and how long it will take; silent elsewhere, and on
 * terminals that cannot move the cursor.
 */
export function progressOn(stream: NodeJS.WriteStream = process.stderr, now: () => number = Date.now): Progress {
  return stream.isTTY === true && process.env.TERM !== 'dumb' ? new Line(stream, now) : silent
}
