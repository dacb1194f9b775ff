/** Numbers of a gradient by their place among the logits; a place may come twice, and its numbers add up. */
export class Slopes {
  #at = new Uint32Array(16)
  #by = new Float64Array(16)
  #length = 0
  #isAscending = true

  push(at: number, by: number): void {
    const length = this.#length
    if (length === this.#at.length) {
      this.#at = grown(this.#at, new Uint32Array(2 * length))
      this.#by = grown(this.#by, new Float64Array(2 * length))
    }
    if (length > 0 && !(at > (this.#at[length - 1] as number))) this.#isAscending = false
    this.#at[length] = at
    this.#by[length] = by
    this.#length++
  }

  get length(): number {
    return this.#length
  }

  forEach(use: (at: number, by: number) => void): void {
    for (let i = 0; i < this.#length; i++) use(this.#at[i] as number, this.#by[i] as number)
  }

  /** The same with one number for each place. */
  forEachPlace(use: (at: number, by: number) => void): void {
    if (this.#isAscending) {
      this.forEach(use)
      return
    }
    const sums = new Map<number, number>()
    this.forEach((at, by) => {
      sums.set(at, (sums.get(at) ?? 0) + by)
    })
    for (const [at, by] of sums) use(at, by)
  }
}

function grown<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** A term of a scale before weights and reduction: its sum for each image, and its derivatives by the logits. */
export class Tally {
  readonly perImage: Float64Array
  readonly slopes = new Slopes()

  constructor(batch: number) {
    this.perImage = new Float64Array(batch)
  }

  add(image: number, value: number): void {
    this.perImage[image] = (this.perImage[image] ?? 0) + value
  }

  slope(at: number, by: number): void {
    this.slopes.push(at, by)
  }
}
