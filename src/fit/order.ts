import { Random } from '../io/index.js'

/** The images in an order made by chance, the same for the same seed (Fisher and Yates, as Durstenfeld has it). */
function shuffled(images: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: images }, (_, i) => i)
  for (let i = images - 1; i > 0; i--) {
    const j = random.integer(0, i)
    const [a, b] = [order[i] as number, order[j] as number]
    order[i] = b
    order[j] = a
  }
  return order
}

/** The images that training sees one after another: all of them in each epoch, each time in another order. */
export class Order {
  #epoch = -1
  #order: Uint32Array = new Uint32Array()

  constructor(
    readonly images: number,
    readonly seed: number,
  ) {}

  /** The images of a step. */
  batchAt(step: number, batch: number): number[] {
    return Array.from({ length: batch }, (_, i) => this.#at(step * batch + i))
  }

  #at(place: number): number {
    const epoch = Math.floor(place / this.images)
    if (epoch !== this.#epoch) {
      // Far apart, for neighbouring seeds would share the orders of neighbouring epochs.
      this.#order = shuffled(this.images, new Random(Math.imul(this.seed, 0x10001) ^ Math.imul(epoch, 0x9e3779b1)))
      this.#epoch = epoch
    }
    return this.#order[place % this.images] as number
  }
}
