/** Numbers of a gradient by their place among the logits; places may come twice, and add up. */
export interface Slopes {
  readonly at: number[]
  readonly by: number[]
}

/** A term of a scale before weights and reduction: its sum for each image, and its derivatives by the logits. */
export class Tally {
  readonly perImage: Float64Array
  readonly slopes: Slopes = { at: [], by: [] }

  constructor(batch: number) {
    this.perImage = new Float64Array(batch)
  }

  add(image: number, value: number): void {
    this.perImage[image] = (this.perImage[image] ?? 0) + value
  }

  slope(at: number, by: number): void {
    this.slopes.at.push(at)
    this.slopes.by.push(by)
  }
}
