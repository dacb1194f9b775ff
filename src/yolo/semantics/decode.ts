import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { less, where } from '../../onnx/logic.js'
import { add, div, exp, min, mul, sigmoid, sqrt, sub } from '../../onnx/math.js'
import type { Semantics, ValueOf } from '../../reference/semantics/records.js'

/** From logits to the numbers of a box, element by element. */
export interface Decode {
  /** Where the centre lies in its cell, in cells. @param q of the scaled kind */
  readonly centre: <D extends Real>(t: Value<D>, q: number) => Value<D>
  /** As a fraction of the input. @param anchor the same */
  readonly size: <D extends Real>(t: Value<D>, anchor: Value<D>) => Value<D>
  /** The root of the size. */
  readonly root: <D extends Real>(t: Value<D>, anchor: Value<D>) => Value<D>
  /** What a logit of objectness or class says: a probability, or a score. */
  readonly score: <D extends Real>(t: Value<D>) => Value<D>
}

/** a·e^t; the root is √a·e^(t/2). */
const exponential = {
  size: (t, anchor) => mul(anchor, exp(t)),
  root: (t, anchor) => mul(sqrt(anchor), exp(mul(t, 0.5))),
} as const satisfies Partial<Decode>

/** Below this a Sigmoid of float32 loses what it says, and onnxruntime's is 0 soon after. */
const faint = -15

/** σ(t) that is right however small it is, as sizes want it, which are divided by: e^t / (1 + e^t) far below 0. */
function smallSigmoid<D extends Real>(t: Value<D>): Value<D> {
  const e = exp(min(t, faint))
  return where(less(t, faint), div(e, add(e, 1)), sigmoid(t))
}

/** Each way by its name. */
export const decodes: Readonly<Record<ValueOf<'decode'>, Decode>> = {
  exp: { ...exponential, centre: sigmoid, score: sigmoid },
  /** q·σ − (q − 1)/2. */
  scaled: { ...exponential, centre: (t, q) => sub(mul(sigmoid(t), q), (q - 1) / 2), score: sigmoid },
  /** 2σ − ½, and a·(2σ)². */
  squared: {
    centre: (t) => sub(mul(sigmoid(t), 2), 0.5),
    size(t, anchor) {
      const p = smallSigmoid(t)
      return mul(anchor, mul(mul(p, p), 4))
    },
    root: (t, anchor) => mul(mul(sqrt(anchor), 2), smallSigmoid(t)),
    score: sigmoid,
  },
  /** t, and t². */
  linear: {
    centre: (t) => t,
    size: (t) => mul(t, t),
    root: (t) => t,
    score: (t) => t,
  },
}

/** q: the widening of the centre at a scale, which one way alone has; beyond the list it is the last. */
export function wideningOf(
  { decode, scaleXY }: Pick<Semantics, 'decode' | 'scaleXY'>,
  l: number,
  scales: number,
): number {
  return decode === 'scaled' ? (scaleXY[Math.min(scales - 1 - l, scaleXY.length - 1)] ?? 1) : 1
}
