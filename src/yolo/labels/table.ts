// Rows of a chunk; one more chunk costs less than a copy of all before it.
const bits = 14

/** Rows of numbers, which grow without being copied: lists of lists would take ten times the memory. */
export class Table {
  readonly #chunks: Float64Array[] = []
  #length = 0

  constructor(
    /** Numbers of a row. */
    readonly width: number,
  ) {}

  /** How many rows there are. */
  get length(): number {
    return this.#length
  }

  push(numbers: readonly number[]): void {
    if (this.#length >> bits === this.#chunks.length) this.#chunks.push(new Float64Array(this.width << bits))
    this.#length++
    for (let k = 0; k < this.width; k++) this.set(this.#length - 1, k, numbers[k] as number)
  }

  at(row: number, column: number): number {
    return this.#chunks[row >> bits]?.[(row & ((1 << bits) - 1)) * this.width + column] as number
  }

  set(row: number, column: number, value: number): void {
    const chunk = this.#chunks[row >> bits] as Float64Array
    chunk[(row & ((1 << bits) - 1)) * this.width + column] = value
  }
}
