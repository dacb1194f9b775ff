import type { Annotations, BoxRow } from './annotations.js'
import type { Size } from './assign.js'
import { Table } from './table.js'

/** A box, and the line of its file on which it stands. */
export interface PlacedBox {
  readonly line: number
  readonly box: BoxRow
}

/** An image whose boxes stand in a file of its own. */
export interface ListedImage {
  readonly name: string
  /** The file of its boxes, for messages. */
  readonly file: string
  readonly size?: Size | undefined
  readonly boxes: readonly PlacedBox[]
}

/** Images whose boxes stand in files of their own, in the order in which they are added. */
export class Listing implements Annotations {
  readonly #images: Omit<ListedImage, 'boxes'>[] = []
  readonly #ends: number[] = []
  readonly #boxes = new Table(6)

  add({ boxes, ...image }: ListedImage): void {
    for (const { line, box } of boxes) this.#boxes.push([...box, line])
    this.#images.push(image)
    this.#ends.push(this.#boxes.length)
  }

  get images(): number {
    return this.#images.length
  }

  nameOf(image: number): string {
    return this.#image(image).name
  }

  sizeOf(image: number): Size | undefined {
    return this.#image(image).size
  }

  countOf(image: number): number {
    return (this.#ends[image] as number) - this.#start(image)
  }

  boxOf(image: number, row: number): BoxRow {
    const at = this.#start(image) + row
    return [0, 1, 2, 3, 4].map((column) => this.#boxes.at(at, column)) as unknown as BoxRow
  }

  placeOf(image: number, row: number): string {
    return `${this.#image(image).file}, line ${this.#boxes.at(this.#start(image) + row, 5)}`
  }

  #image(image: number): Omit<ListedImage, 'boxes'> {
    return this.#images[image] as Omit<ListedImage, 'boxes'>
  }

  #start(image: number): number {
    return this.#ends[image - 1] ?? 0
  }
}
