import { tensorOf, type Value } from '../../../../onnx/index.js'
import { equal, where } from '../../../../onnx/logic.js'
import { add, argMax, div, max, min, mul, sub } from '../../../../onnx/math.js'
import { slice, split } from '../../../../onnx/parts.js'
import { cast } from '../../../../onnx/shape.js'
import type { Anchor } from '../../../config/vocabulary.js'
import type { Scale } from '../../scale.js'
import type { Assigning } from '../assign.js'

type F = Value<'float64'>

/** IoU of each box with anchors about one centre `[B, T, n]`; 2 where it is 0/0, which counts as the greatest. */
export function alike({ truth, scales }: Pick<Assigning, 'truth' | 'scales'>, anchors: readonly Anchor[]): F {
  const { graph } = truth.box
  const [{ S }] = scales as readonly [Scale]
  const sides = mul(slice(truth.box, '..., 2:4'), cast(S, 'float64'))
  const [w, h] = split(sides, [1, 1], 2)
  const row = (values: readonly number[]) => graph.constant(tensorOf('float64', [values.length], values))
  const common = (side: F, k: 0 | 1) => max(min(side, row(anchors.map((anchor) => anchor[k]))), 0)
  const both = mul(common(w, 0), common(h, 1))
  const union = sub(add(mul(w, h), row(anchors.map(([aw, ah]) => aw * ah))), both)
  return where(equal(union, 0), 2, div(both, union))
}

/** The anchor of all that is most like each box, the first of equals: `[B, T]` */
export const bestAnchor = (given: Assigning): Value<'int64'> => argMax(alike(given, given.anchors))
