import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { less, where } from '../../../onnx/logic.js'
import { div, max, mul, sqrt } from '../../../onnx/math.js'
import { cast } from '../../../onnx/shape.js'
import type { Semantics } from '../../../reference/semantics/records.js'
import { sizeRatio, sizeTarget } from '../../formulas/box.js'
import { decodes } from '../decode.js'
import type { Coordinates } from './coordinates.js'
import type { Pointwise } from './formulas/goal.js'
import { absolute, halfSquared, squared } from './formulas/squared.js'
import type { Given } from './given.js'

const losses: Readonly<Record<Exclude<Semantics['size'], 'none' | 'roots'>, Pointwise>> = {
  'half-squared': halfSquared,
  squared,
  l1: absolute,
}

/** What is lost on sizes `[B, K, 2]`; with a guard sides that are not above 0 lose nothing. */
export function sizeLoss<D extends Real>(given: Given<D>, own: Coordinates<D>): Value<D> | undefined {
  if (given.semantics.size === 'none') return undefined
  if (!given.guard) return lossOf(given, own, own.y.wh)
  const there = less(0, own.y.wh)
  return mul(lossOf(given, own, where(there, own.y.wh, 1)), cast(there, own.y.wh.dtype))
}

function lossOf<D extends Real>({ semantics, scale, tail }: Given<D>, own: Coordinates<D>, y: Value<D>): Value<D> {
  const { t, anchor } = own
  if (semantics.size === 'roots')
    return squared(sqrt(y), decodes[semantics.decode].root(t.wh, div(anchor, scale.S)), tail)
  const least = semantics.smallestSize
  // Divided first, as the labels of keras-yolo3 are.
  const ratio = least > 0 ? div(max(mul(y, scale.S), least), anchor) : sizeRatio(y, anchor, scale.S)
  return losses[semantics.size as keyof typeof losses](sizeTarget(ratio), t.wh, tail)
}
