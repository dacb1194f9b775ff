/** What a terminal can show. */
export interface Paper {
  /** Characters a line. */
  readonly columns: number
  /** Whether it shows more than ASCII: braille, whose characters are two dots wide and four high. */
  readonly braille: boolean
}

/** Bits of the dots of a braille character, by row and column. */
const bits = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]] as const // biome-ignore format: as the dots lie

/** Dots, and marks between them, as lines of text. */
export class Grid {
  readonly #dots: Uint8Array
  readonly #marks = new Map<number, string>()
  readonly #cell: readonly [width: number, height: number]

  /** @param columns, rows in characters */
  constructor(
    readonly columns: number,
    readonly rows: number,
    readonly braille: boolean,
  ) {
    this.#dots = new Uint8Array(columns * rows)
    this.#cell = braille ? [2, 4] : [1, 1]
  }

  get dotsWide(): number {
    return this.columns * this.#cell[0]
  }

  get dotsHigh(): number {
    return this.rows * this.#cell[1]
  }

  /** A dot, counted from the left and from below. */
  dot(x: number, y: number): void {
    const down = this.dotsHigh - 1 - y
    const at = this.#cellAt(x, down)
    const bit = this.braille ? (bits[down % 4]?.[x % 2] ?? 0) : 1
    this.#dots[at] = (this.#dots[at] as number) | bit
  }

  /** Dots from one height to another. */
  upright(x: number, from: number, to: number): void {
    for (let y = Math.min(from, to); y <= Math.max(from, to); y++) this.dot(x, y)
  }

  /** A character in the topmost line. */
  mark(x: number): void {
    this.#marks.set(this.#cellAt(x, 0), this.braille ? '×' : 'x')
  }

  lines(): string[] {
    return Array.from({ length: this.rows }, (_, row) =>
      Array.from({ length: this.columns }, (_, column) => this.#character(row * this.columns + column)).join(''),
    )
  }

  #cellAt(x: number, down: number): number {
    const [width, height] = this.#cell
    return Math.floor(down / height) * this.columns + Math.floor(x / width)
  }

  #character(at: number): string {
    const dots = this.#dots[at] as number
    const mark = this.#marks.get(at)
    if (mark !== undefined) return mark
    if (dots === 0) return ' '
    return this.braille ? String.fromCodePoint(0x2800 + dots) : '*'
  }
}
