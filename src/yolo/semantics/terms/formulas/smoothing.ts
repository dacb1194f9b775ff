import type { Real } from '../../../../io/index.js'
import type { Value } from '../../../../onnx/index.js'
import { greater, where } from '../../../../onnx/logic.js'
import { add, mul } from '../../../../onnx/math.js'
import type { Semantics } from '../../../../reference/semantics/records.js'

/** How labels of classes are smoothed. @param classes C */
interface Smoothing {
  readonly label: <D extends Real>(y: Value<D>, classes: number, amount: number) => Value<D>
  /** What becomes of a label of 0. */
  readonly zero: (classes: number, amount: number) => number
}

/** y·(1 − ε) + ε·share */
const towards = (share: (classes: number) => number): Smoothing => ({
  label: (y, classes, amount) => (amount === 0 ? y : add(mul(y, 1 - amount), share(classes) * amount)),
  zero: (classes, amount) => share(classes) * amount,
})

const flipped = (classes: number, amount: number): number => (amount === 0 ? Math.min(1 / classes, 1 / 40) : amount)

/** Each way by its name. */
export const smoothings: Readonly<Record<Semantics['smoothing'], Smoothing>> = {
  none: { label: (y) => y, zero: () => 0 },
  half: towards(() => 0.5),
  uniform: towards((classes) => 1 / classes),
  flip: {
    label(y, classes, amount) {
      const by = flipped(classes, amount)
      return where(greater(y, 0), y.graph.scalar(1 - by, y.dtype), by)
    },
    zero: flipped,
  },
}
