import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { add, div } from '../../../onnx/math.js'
import { concat, slice } from '../../../onnx/parts.js'
import { unsqueeze } from '../../../onnx/shape.js'
import type { Semantics } from '../../../reference/semantics/records.js'
import { decodes, wideningOf } from '../decode.js'
import { anchorsOfRows, cellTable, type Scale } from '../scale.js'

/** What each row predicts, in fractions of the input `[B, h·w·A, 4]`. */
export function predictedBoxes<D extends Real>(scale: Scale<D>, semantics: Semantics): Value<D> {
  const { logits, sizes, S, l, scales } = scale
  const decode = decodes[semantics.decode]
  const centre = decode.centre(slice(logits, '..., 0:2'), wideningOf(semantics, l, scales))
  const size = decode.size(slice(logits, '..., 2:4'), div(anchorsOfRows(scale), S))
  return concat([div(add(centre, cellTable(scale)), sizes.g), size], 2)
}

/** The anchor of each row, standing in the middle of its cell `[1, h·w·A, 4]`. */
export function priorBoxes<D extends Real>(scale: Scale<D>): Value<D> {
  const centre = div(add(cellTable(scale), 0.5), scale.sizes.g)
  return unsqueeze(concat([centre, div(anchorsOfRows(scale), scale.S)], 1), [0])
}
