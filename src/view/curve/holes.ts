/** Where a line of a log stands, on each axis. */
export interface Place {
  readonly step: number
  readonly epoch: number
  readonly seconds: number
}

/** A line of a log after which steps are missing: how many lines are before it, and where it stands. */
export interface Hole {
  readonly line: number
  readonly place: Place
}

/** How many distances on either side of one say what is usual there, and how many times those is far. */
const [beside, far] = [5, 10]

/**
 * Finds the lines of a log after which steps are missing: where the distance in steps to the next line is more than ten
 * times the usual, the median of it, of the five before it and of the five after it. So a log of every hundredth step
 * has no hole, nor has one whose distance changes and stays so.
 */
export class Holes {
  readonly #places: Place[] = []
  #before = 0
  #least = Number.POSITIVE_INFINITY

  /** @returns the hole that is certain now, some lines after it */
  add(place: Place): Hole | undefined {
    this.#places.push(place)
    const distance = this.#distance(this.#places.length - 1)
    if (distance > 0) this.#least = Math.min(this.#least, distance)
    const hole = this.#at(this.#places.length - 1 - beside)
    if (this.#places.length > 2 * beside + 1) {
      this.#places.shift()
      this.#before++
    }
    return hole
  }

  /** Holes among the last lines, as far as is known until more follow. */
  get last(): Hole[] {
    const { length } = this.#places
    return Array.from({ length: beside }, (_, i) => this.#at(length - beside + i) ?? []).flat()
  }

  /** Whether one ends with a line of those that are kept. */
  #at(end: number): Hole | undefined {
    const [place, distance] = [this.#places[end - 1], this.#distance(end)]
    // What is usual is no less than the least: of most lines nothing is to be sorted.
    if (!place || !(distance > far * this.#least)) return undefined
    const distances = Array.from({ length: 2 * beside + 1 }, (_, i) => this.#distance(end - beside + i)).filter((x) => x > 0) // biome-ignore format: one line
    const usual = distances.sort((a, b) => a - b)[Math.floor((distances.length - 1) / 2)] as number
    return distance > far * usual ? { line: this.#before + end - 1, place } : undefined
  }

  /** From the line before one to it; NaN where there is none. */
  #distance(end: number): number {
    return (this.#places[end]?.step ?? Number.NaN) - (this.#places[end - 1]?.step ?? Number.NaN)
  }
}
