import type { Real } from '../../../../io/index.js'
import type { Value } from '../../../../onnx/index.js'
import type { Tail } from '../../../formulas/bce.js'

/** What a number is to become: labels in its shape, or 0 for all, of which less is to be computed. */
export type Goal<D extends Real> = Value<D> | 0

/** What is lost on numbers, one by one: `[…S] → [...S]`. */
export type Pointwise = <D extends Real>(z: Goal<D>, t: Value<D>, tail: Tail) => Value<D>
