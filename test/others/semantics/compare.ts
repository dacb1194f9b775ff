import type { Tensor } from '../../../src/io/index.js'
import type { Apart, Program } from './programs/program.js'

/** How one array of a program and the reference's agree. */
export interface Comparison {
  readonly name: string
  /** The largest difference in units of what is allowed. */
  readonly worst: number
  readonly says: string
  readonly elements: number
  /** How many elements were left out, by the reason. */
  readonly apart: ReadonlyMap<string, number>
}

/** What an array is of, if it is a gradient. */
export interface GradientOf {
  readonly variant: string
  readonly logits: ArrayLike<number>
  /** Numbers of a row of predictions. */
  readonly channels: number
  /** How many boxes a row is to find, by its index. */
  readonly boxes: ReadonlyMap<number, number>
}

function apartBecause(
  reasons: readonly Apart[],
  { variant, logits, channels, boxes }: GradientOf,
  i: number,
): string | undefined {
  const channel = i % channels
  const element = { variant, channel, logit: logits[i] as number, boxes: boxes.get((i - channel) / channels) ?? 0 }
  return reasons.find((apart) => apart.is(element))?.because
}

/** Element by element. @param wanted what the reference says */
export function compare(
  name: string,
  got: Tensor,
  wanted: ArrayLike<number>,
  { relative, absolute, apart: reasons = [] }: Program,
  gradient?: GradientOf,
): Comparison {
  const apart = new Map<string, number>()
  const elements = wanted.length
  if (got.data.length !== elements)
    return {
      name,
      worst: Number.POSITIVE_INFINITY,
      says: `${got.data.length} numbers, not ${elements}`,
      elements,
      apart,
    }
  let [worst, says] = [0, '']
  for (let i = 0; i < elements; i++) {
    const because = gradient && apartBecause(reasons, gradient, i)
    if (because !== undefined) {
      apart.set(because, (apart.get(because) ?? 0) + 1)
      continue
    }
    const [a, b] = [Number(got.data[i]), wanted[i] as number]
    const error = a === b ? 0 : Math.abs(a - b) / (absolute + relative * Math.abs(b))
    if (error <= worst) continue
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error
    says = `${a} for ${b} at ${i}`
  }
  return { name, worst, says, elements, apart }
}
