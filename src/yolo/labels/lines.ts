import { refuse } from '../../io/index.js'
import { type Annotations, type BoxRow, clip } from './annotations.js'
import { Table } from './table.js'

const numbersOf = (table: Table, row: number): BoxRow =>
  [0, 1, 2, 3, 4].map((column) => table.at(row, column)) as unknown as BoxRow

/**
 * Annotation lines of keras-yolo3: `image x1,y1,x2,y2,class x1,y1,x2,y2,class …`, whole numbers, one image a line. A name
 * with a space would be cut at it, as there.
 *
 * Source: keras-yolo3, `yolo3/utils.py`, `get_random_data`.
 */
export class LineAnnotations implements Annotations {
  readonly #names: string[] = []
  readonly #ends: number[] = []
  readonly #boxes = new Table(5)

  /** @param file what to call it in messages */
  constructor(readonly file: string) {}

  /** Adds the next line. @throws InputError naming line and box */
  add(line: string): void {
    const [name, ...words] = line.trim().split(/\s+/)
    const place = `${this.file}, line ${this.images + 1}`
    if (!name) refuse('E_ANNOTATION', place, 'the line is empty', 'remove it')
    for (const [k, word] of words.entries()) this.#boxes.push(parseBox(word, () => `${place}, box ${k + 1}`))
    this.#names.push(name)
    this.#ends.push(this.#boxes.length)
  }

  get images(): number {
    return this.#names.length
  }

  nameOf(image: number): string {
    return this.#names[image] as string
  }

  sizeOf(): undefined {}

  countOf(image: number): number {
    return (this.#ends[image] as number) - this.#start(image)
  }

  boxOf(image: number, row: number): BoxRow {
    return numbersOf(this.#boxes, this.#start(image) + row)
  }

  placeOf(image: number, row: number): string {
    return `${this.file}, line ${image + 1}, box ${row + 1}`
  }

  #start(image: number): number {
    return this.#ends[image - 1] ?? 0
  }
}

function parseBox(word: string, where: () => string): number[] {
  const numbers = word.split(',')
  if (numbers.length !== 5)
    refuse('E_ANNOTATION', where(), `"${clip(word)}" has ${numbers.length} numbers, not 5`, 'write x1,y1,x2,y2,class')
  const odd = numbers.find((number) => !/^[+-]?\d{1,9}$/.test(number))
  if (odd !== undefined)
    refuse('E_ANNOTATION', where(), `"${clip(odd)}" is no whole number`, 'keras-yolo3 reads whole pixels only')
  return numbers.map(Number)
}
