import { digestOf } from './digest.js'
import type { Expectation } from './held.js'
import { apartBecause, type Program } from './programs/program.js'

/** How one array of a program and the reference's agree. */
export interface Comparison {
  readonly name: string
  /** The largest difference in units of what is allowed. */
  readonly worst: number
  readonly says: string
  readonly elements: number
  /** The largest difference, relative to the largest number. */
  readonly farthest: number
  /** How many elements were left out, by the reason. */
  readonly apart: ReadonlyMap<string, number>
}

interface Worst {
  readonly worst: number
  readonly farthest: number
  readonly says: string
}

/** The largest of some differences, and where it is. */
class Most implements Worst {
  worst = 0
  says = ''
  #difference = 0
  #size = 0

  /** The largest difference, relative to the largest number. */
  get farthest(): number {
    return this.#difference === 0 ? 0 : this.#difference / this.#size
  }

  see(a: number, b: number, allowed: number, where: string): void {
    this.#difference = Math.max(this.#difference, Math.abs(a - b))
    this.#size = Math.max(this.#size, Math.abs(b))
    const error = a === b ? 0 : Math.abs(a - b) / allowed
    if (error <= this.worst) return
    this.worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error
    this.says = `${a} for ${b} ${where}`
  }
}

const unlike = (got: number, wanted: number): Worst => ({
  worst: Number.POSITIVE_INFINITY,
  farthest: Number.POSITIVE_INFINITY,
  says: `${got} numbers, not ${wanted}`,
})

/** Element by element. */
export function compare(expected: Expectation, got: ArrayLike<number | bigint>, program: Program): Comparison {
  const { name, wanted } = expected
  const { relative, absolute } = program
  const apart = new Map<string, number>()
  const elements = wanted.length
  if (got.length !== elements) return { name, elements, apart, ...unlike(got.length, elements) }
  const most = new Most()
  for (let i = 0; i < elements; i++) {
    const because = apartBecause(program, expected.gradient, i)
    if (because !== undefined) apart.set(because, (apart.get(because) ?? 0) + 1)
    else {
      const b = wanted[i] as number
      most.see(Number(got[i]), b, absolute + relative * Math.abs(b), `at ${i}`)
    }
  }
  return { name, elements, apart, worst: most.worst, farthest: most.farthest, says: most.says }
}

/** By what was recorded of an array. */
export function compareRecorded(expected: Expectation, recorded: readonly number[], program: Program): Comparison {
  const { name, wanted } = expected
  const elements = wanted.length
  const { numbers, size, isWhole } = digestOf(wanted, (i) => apartBecause(program, expected.gradient, i) !== undefined)
  const most = new Most()
  for (const [i, b] of numbers.entries()) {
    const rounding = program.absolute * (isWhole ? 1 : Math.sqrt(elements))
    most.see(recorded[i] ?? Number.NaN, b, rounding + program.relative * (isWhole ? Math.abs(b) : size), `at ${i}`)
  }
  const { worst, farthest, says } = recorded.length === numbers.length ? most : unlike(recorded.length, numbers.length)
  return { name, elements, apart: new Map(), worst, farthest, says }
}
