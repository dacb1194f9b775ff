import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { equal, where } from '../../onnx/logic.js'
import { add, argMax, div, floor, max, min, mul, sub } from '../../onnx/math.js'
import { concat, split } from '../../onnx/parts.js'
import { cast, squeeze, unsqueeze } from '../../onnx/shape.js'
import { allAnchors, type Grids } from './grids.js'
import type { Rows } from './rows.js'

/**
 * Centre and size as fractions of the input, `[B, T, 4]`: a float64 quotient that is stored in float32 (S29). Source:
 * keras-yolo3 `preprocess_true_boxes`.
 */
export function fractions({ centre, size }: Rows, { graph, scales }: Grids): Value<'float32'> {
  return graph.scope('fractions', () => {
    const S = cast((scales[0] as Grids['scales'][number]).S, 'float64')
    const pixels = cast(concat([centre, size], 2), 'float64')
    return cast(div(pixels, concat([S, S], 0)), 'float32')
  })
}

/** Column and row of the cell of centres, `[K, 2]`: ⌊x·g⌋ of the float32 fraction, in float64 (S29). */
export const cellsOf = (xy: Value<'float32'>, g: Value<'int64'>): Value<'int64'> =>
  cast(floor(mul(cast(xy, 'float64'), cast(g, 'float64'))), 'int64')

/**
 * First of the anchors with the best IoU of width and height, both boxes about one centre (S30): `[B, T]`. Half the
 * sides and the area of the box are float32, the rest float64. 0/0, of a box whose area is that of an anchor below 0, counts as the largest.
 */
export function bestAnchor({ size }: Rows, grids: Grids): Value<'int64'> {
  return grids.graph.scope('anchors', () => {
    const anchors = allAnchors(grids, 'float64') // [n, 2]
    const sides = unsqueeze(cast(mul(size, 0.5), 'float64'), [2]) // [B, T, 1, 2]
    const overlap = mul(product(max(min(sides, mul(anchors, 0.5)), 0)), 4) // [B, T, n, 1]
    const area = unsqueeze(cast(product(size), 'float64'), [2])
    const union = sub(add(area, product(anchors)), overlap)
    const ratio = where(equal(union, 0), Number.POSITIVE_INFINITY, div(overlap, union))
    return argMax(squeeze(ratio, [3]))
  })
}

/** Width times height `[…, 2] → […, 1]` */
function product<D extends Real>(sides: Value<D>): Value<D> {
  const [w, h] = split(sides, [1, 1], -1)
  return mul(w, h)
}
