import { uniformFrom } from '../../../src/io/index.js'

/** Arrays of so many numbers are recorded as they are. */
const few = 16

export interface Digest {
  /** The numbers themselves, or for many their sum, that of their sizes, and a sum with random weights from -1 to 1. */
  readonly numbers: readonly number[]
  /** The sum of their sizes, to which rounding is relative. */
  readonly size: number
  readonly isWhole: boolean
}

/** What is recorded of an array. @param isApart which elements are left out */
export function digestOf(data: ArrayLike<number | bigint>, isApart: (i: number) => boolean): Digest {
  const weight = uniformFrom(data.length)
  let [sum, size, weighted] = [0, 0, 0]
  for (let i = 0; i < data.length; i++) {
    const by = 2 * weight() - 1
    const value = isApart(i) ? 0 : Number(data[i])
    sum += value
    size += Math.abs(value)
    weighted += by * value
  }
  const isWhole = data.length <= few
  return { numbers: isWhole ? Array.from(data, Number) : [sum, size, weighted], size, isWhole }
}
