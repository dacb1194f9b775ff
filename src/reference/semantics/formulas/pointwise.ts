/** A value and its derivative. */
export interface Sloped {
  readonly value: number
  readonly slope: number
}

/** What is lost on a number, and its derivative by the number. @param z what it is to become */
export type Pointwise = (z: number, t: number) => Sloped
