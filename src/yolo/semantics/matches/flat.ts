import type { Value } from '../../../onnx/index.js'
import { add, mul } from '../../../onnx/math.js'
import { split } from '../../../onnx/parts.js'
import { cast, squeeze } from '../../../onnx/shape.js'
import type { Scale } from '../scale.js'

/** Flat index of rows of predictions in label order `[B, K]`, from cells `[B, K, 2]` and places of anchors `[B, K, 1]`. */
export function indexOf({ sizes, anchors }: Scale, cell: Value<'float64'>, slot: Value<'float64'>): Value<'int64'> {
  const [column, row] = split(cell, [1, 1], 2)
  const [columns] = split(cast(sizes.g, 'float64'), [1, 1], 0)
  const place = add(mul(add(mul(row, columns), column), anchors.length), slot)
  return cast(squeeze(place, [2]), 'int64')
}
