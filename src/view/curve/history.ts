import { type LogLine, numberOf } from '../../fit/index.js'
import { refuse } from '../../io/index.js'
import { type Hole, Holes, type Place } from './holes.js'
import { meanOf, type Span } from './span.js'

/** What steps are placed by. */
export const axes = ['step', 'epoch', 'seconds'] as const

export type Axis = (typeof axes)[number]

/** As many stretches as a drawing has pixels; longer trainings have longer ones. */
const mostStretches = 2048

/** Terms have names of a graph's outputs; no loss has as many. */
const mostTerms = 64

const numbers = (fill = 0): Float64Array => new Float64Array(mostStretches).fill(fill)

/** What is kept of the numbers of a name, for each stretch. */
class Kept {
  readonly least = numbers(Number.POSITIVE_INFINITY)
  readonly most = numbers(Number.NEGATIVE_INFINITY)
  readonly mean = numbers()
  readonly count = numbers()
  readonly missing = numbers()

  add(at: number, x: number): void {
    if (!Number.isFinite(x)) {
      this.missing[at] = (this.missing[at] as number) + 1
      return
    }
    const before = { mean: this.mean[at] as number, count: this.count[at] as number }
    const [least, most] = [Math.min(this.least[at] as number, x), Math.max(this.most[at] as number, x)]
    this.mean[at] = meanOf([before, { mean: x, count: 1 }], least, most)
    ;[this.least[at], this.most[at], this.count[at]] = [least, most, before.count + 1]
  }

  /** Makes one stretch of every two. */
  halve(): void {
    merge(this.least, (a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    merge(this.most, (a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    // With the counts of before.
    merge(this.mean, (_a, _b, i) => this.#meanOf(2 * i), 0)
    for (const sums of [this.count, this.missing]) merge(sums, (a, b) => a + b, 0)
  }

  /** Of a stretch and the next, whose least and most are one already. */
  #meanOf(at: number): number {
    const two = [at, at + 1].map((i) => ({ mean: this.mean[i] as number, count: this.count[i] as number }))
    return meanOf(two, this.least[at / 2] as number, this.most[at / 2] as number)
  }
}

function merge(all: Float64Array, of: (a: number, b: number, i: number) => number, empty: number): void {
  const half = all.length / 2
  for (let i = 0; i < half; i++) all[i] = of(all[2 * i] as number, all[2 * i + 1] as number, i)
  all.fill(empty, half)
}

/**
 * A training, step by step, in bounded memory whatever its length: at most 2048 stretches of as many steps each, with
 * the least, the most and the mean of each number.
 */
export class History {
  readonly #kept = new Map<string, Kept>()
  readonly #from = { step: numbers(), epoch: numbers(), seconds: numbers() }
  readonly #to = { step: numbers(), epoch: numbers(), seconds: numbers() }
  /** Where the first line of a stretch stands after which steps are missing. */
  readonly #until = { step: numbers(Number.NaN), epoch: numbers(Number.NaN), seconds: numbers(Number.NaN) }
  readonly #holes = new Holes()
  readonly #terms = new Set<string>()
  #each = 1
  #lines = 0
  #seconds = 0
  #last: LogLine | undefined

  /** @param name what the training is called */
  constructor(readonly name: string) {}

  get steps(): number {
    return this.#lines
  }

  /** How long all its steps took. */
  get seconds(): number {
    return this.#seconds
  }

  get last(): LogLine | undefined {
    return this.#last
  }

  /** Names of its terms, in the order in which they came. */
  get terms(): readonly string[] {
    return [...this.#terms]
  }

  /** @throws InputError for more than 64 terms */
  add(line: LogLine): void {
    if (this.#lines === mostStretches * this.#each) this.#halve()
    const at = Math.floor(this.#lines / this.#each)
    this.#place(at, line)
    const [loss, floor] = [numberOf(line.loss), numberOf(line.floor)]
    const own = { loss, floor, excess: loss - floor, rate: line.rate }
    for (const [name, x] of Object.entries(own)) this.#of(name).add(at, x)
    if (line.validation) this.#of('validation').add(at, numberOf(line.validation.loss))
    for (const [name, x] of Object.entries(line.terms)) this.#term(name).add(at, numberOf(x))
    this.#lines++
    this.#last = line
  }

  /** The spans of a number: `loss`, `floor`, `excess`, `rate`, `validation`. */
  spans(name: string, axis: Axis = 'step'): Span[] {
    const kept = this.#kept.get(name)
    if (!kept) return []
    const until = this.#untilOf(axis)
    return Array.from({ length: Math.ceil(this.#lines / this.#each) }, (_, at) => {
      const count = kept.count[at] as number
      return {
        from: this.#from[axis][at] as number,
        to: this.#to[axis][at] as number,
        until: until[at] as number,
        least: count > 0 ? (kept.least[at] as number) : Number.NaN,
        most: count > 0 ? (kept.most[at] as number) : Number.NaN,
        mean: count > 0 ? (kept.mean[at] as number) : Number.NaN,
        count,
        missing: kept.missing[at] as number,
      }
    })
  }

  /** The spans of a term. */
  spansOf(term: string, axis: Axis = 'step'): Span[] {
    return this.spans(keyOf(term), axis)
  }

  #place(at: number, line: LogLine): void {
    const began = this.#seconds
    this.#seconds += line.seconds
    const here: Place = { step: line.step, epoch: line.epoch, seconds: began }
    for (const axis of axes) {
      if (this.#lines % this.#each === 0) this.#from[axis][at] = here[axis]
      this.#to[axis][at] = here[axis]
    }
    const hole = this.#holes.add(here)
    if (hole) for (const axis of axes) this.#end(this.#until[axis], hole, axis)
  }

  #end(until: Float64Array, { line, place }: Hole, axis: Axis): void {
    const at = Math.floor(line / this.#each)
    if (Number.isNaN(until[at])) until[at] = place[axis]
  }

  #untilOf(axis: Axis): Float64Array {
    const until = this.#until[axis].slice()
    for (const hole of this.#holes.last) this.#end(until, hole, axis)
    return until
  }

  #halve(): void {
    this.#each *= 2
    for (const kept of this.#kept.values()) kept.halve()
    for (const axis of axes) {
      merge(this.#from[axis], (a) => a, 0)
      merge(this.#to[axis], (_, b) => b, 0)
      merge(this.#until[axis], (a, b) => (Number.isNaN(a) ? b : a), Number.NaN)
    }
  }

  #term(name: string): Kept {
    if (!this.#terms.has(name) && this.#terms.size === mostTerms)
      refuse('E_LIMIT', this.name, `has more than ${mostTerms} terms`, 'check that this is the right file')
    this.#terms.add(name)
    return this.#of(keyOf(name))
  }

  #of(name: string): Kept {
    const kept = this.#kept.get(name) ?? new Kept()
    this.#kept.set(name, kept)
    return kept
  }
}

/** A term may be called as another number is. */
const keyOf = (term: string): string => `terms/${term}`
