import type { AnyTensor } from '../../io/index.js'
import { type LossConfig, layouts } from '../../yolo/index.js'
import { type Sizes, toLabelOrder } from '../answers/layout.js'
import { elementAt } from '../compare/scalar.js'
import type { Expectation } from './sources.js'

/** Rows of a gradient of which no number can be asked. */
export interface Unsettled {
  readonly rows: number
  /** Non-zero for each of their elements. */
  readonly exempt: Uint8Array
}

type Head = Pick<Expectation, 'tensor'> & {
  /** What a graph gave, and the logits it is the gradient by: all in one layout. */
  readonly got: AnyTensor
  readonly logits: AnyTensor
  readonly sizes: Sizes
}

/**
 * Rows with a logit that is not finite, of which the reference or the graph has no number. 0·NaN is NaN, and 0·∞ as well,
 * so that an order of multiplications decides which derivatives of such a row are numbers.
 */
export function unsettledRows({ tensor, got, logits, sizes }: Head, { layout }: LossConfig): Unsettled {
  const places = Float64Array.from({ length: got.data.length }, (_, i) => i)
  const order = toLabelOrder(places, layouts[layout], sizes)
  const isOff = (of: AnyTensor, i: number) => !Number.isFinite(Number(elementAt(of, i)))
  const isNaNHere = (i: number) => Number.isNaN(Number(elementAt(got, i)))
  const exempt = new Uint8Array(order.length)
  let rows = 0
  for (let from = 0; from < order.length; from += sizes.d) {
    const own = order.subarray(from, from + sizes.d)
    if (!own.some((i) => isOff(logits, i)) || !own.some((i) => isOff(tensor, i) || isNaNHere(i))) continue
    for (const i of own) exempt[i] = 1
    rows++
  }
  return { rows, exempt }
}
