import type { Detector } from '../../detector/index.js'
import { sizeOf } from '../../io/index.js'
import type { Choice } from './choice.js'

/** How many numbers are trained. */
export function numbersIn({ initializers }: Detector, { trained }: Choice): number {
  const sizes = [...trained.keys()].map((name) => sizeOf((initializers.get(name)?.dims ?? []).map(Number)))
  return sizes.reduce((a, b) => a + b, 0)
}
