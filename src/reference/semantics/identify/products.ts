import type { Tally } from '../loops/tally.js'

/** Where numbers of a gradient stand: whatever a term may touch, by columns of a row of predictions. */
export type Columns = 'location' | 'objectness' | 'classes'

export const columnsOf: Readonly<Record<'xy' | 'wh' | 'box' | 'conf' | 'class', Columns>> = {
  xy: 'location',
  wh: 'location',
  box: 'location',
  conf: 'objectness',
  class: 'classes',
}

/** Where a number of a row of predictions stands. */
export const columnsAt = (column: number): Columns =>
  column < 4 ? 'location' : column === 4 ? 'objectness' : 'classes'

/** Products of a tally with itself and with an observed gradient: all that its distance from it depends on. */
export interface Products {
  readonly own: number
  readonly both: number
}

/**
 * Computed once for each tally. Left out are derivatives by logits that are exactly 0: implementations that spell the
 * cross-entropy with absolute values have others there, by the rule of their framework for |0|.
 */
export class ProductsWith {
  readonly #known = new WeakMap<Tally, Products>()
  readonly #gradient: ArrayLike<number>
  readonly #logits: ArrayLike<number>

  constructor(gradient: ArrayLike<number>, logits: ArrayLike<number>) {
    this.#gradient = gradient
    this.#logits = logits
  }

  of(tally: Tally): Products {
    const known = this.#known.get(tally)
    if (known) return known
    let [own, both] = [0, 0]
    tally.slopes.forEachPlace((place, g) => {
      if (this.#logits[place] === 0) return
      own += g * g
      both += g * (this.#gradient[place] ?? 0)
    })
    const products = { own, both }
    this.#known.set(tally, products)
    return products
  }
}

/** The sum of products of two tallies, place by place. @param logits where they are 0 it is left out */
export function productOf(a: Tally, b: Tally, logits: ArrayLike<number>): number {
  const other = new Map<number, number>()
  b.slopes.forEachPlace((place, g) => other.set(place, g))
  let sum = 0
  a.slopes.forEachPlace((place, g) => {
    if (logits[place] !== 0) sum += g * (other.get(place) ?? 0)
  })
  return sum
}
