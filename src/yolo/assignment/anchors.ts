import { tensorOf, type Value } from '../../onnx/index.js'
import { equal, less, not, where } from '../../onnx/logic.js'
import { add, argMax, div, max, min, mul, reduceMax, sub } from '../../onnx/math.js'
import { split } from '../../onnx/parts.js'
import { cast, squeeze, unsqueeze } from '../../onnx/shape.js'
import { allAnchors, type Grids } from './grids.js'
import { type Halves, halves, halvesOf } from './halves.js'
import type { Rows } from './rows.js'

type V = Value<'float32'>

/** A number in parts of different size, whose sum it is. */
interface Parts {
  readonly head: V
  readonly middle: V
  readonly tail: V
}

/** Areas of the anchors `[n, 1]`: their sum, and two parts of 12 and 24 bits. */
interface Areas extends Halves<V> {
  readonly whole: V
}

/** Product of the two entries of the last axis, exactly. */
function exactProduct(sides: V): Parts {
  const { high, low } = halves(sides)
  const [[w, h], [lw, lh]] = [split(high, [1, 1], -1), split(low, [1, 1], -1)]
  return { head: mul(w, h), middle: add(mul(w, lh), mul(lw, h)), tail: mul(lw, lh) }
}

// Ratios that differ by less than this part of them differ through rounding alone: two quotients below 2⁻¹² of them, each
// off by up to 2.5 units in its last place, differ by 2⁻³²·⁷.
const resolution = 2 ** -31

/**
 * First of the anchors with the best IoU of width and height `[B, T]`, in float32 as in float64 (S30). IoU = r/(1 − r) with
 * r = overlap / (area of box + area of anchor) grows with r, and r is compared to 31 bits by its rest:
 *
 *   r − q = (overlap − q·area − q·area_anchor) / (area + area_anchor),   q the best r in 12 bits
 *
 * All products are exact, and the large terms cancel; a quotient may be off by units in its last place.
 */
export function bestAnchor({ size }: Rows, grids: Grids): Value<'int64'> {
  return grids.graph.scope('anchors', () => {
    const sides = unsqueeze(size, [2]) // [B, T, 1, 2]
    const overlap = exactProduct(max(min(sides, allAnchors(grids, 'float32')), 0)) // [B, T, n, 1]
    const [w, h] = split(sides, [1, 1], -1)
    const area = mul(w, h)
    const anchor = areasOf(grids)
    const whole = add(area, anchor.whole)
    // Only a box of negative height has no whole, whose IoU is 0/0, which counts as the largest.
    const none = equal(whole, 0)
    const safe = where(none, 1, whole)
    const best = reduceMax(div(add(overlap.head, overlap.middle), safe), { axes: [2], keep: true })
    const q = halves(best).high
    const box = halves(area)
    const rest = sub(sub(overlap.head, mul(q, box.high)), mul(q, anchor.high))
    const low = sub(sub(overlap.middle, mul(q, box.low)), mul(q, anchor.low))
    const above = div(add(add(rest, low), overlap.tail), safe)
    const least = sub(reduceMax(above, { axes: [2], keep: true }), mul(q, resolution))
    const isBest = not(less(above, least))
    return argMax(squeeze(where(none, 2, cast(isBest, 'float32')), [3]))
  })
}

function areasOf(grids: Grids): Areas {
  const { graph, config, scales } = grids
  if (scales[0]?.open) {
    const { head, middle, tail } = exactProduct(allAnchors(grids, 'float32'))
    const whole = add(add(tail, middle), head)
    const { high } = halves(whole)
    return { whole, high, low: add(add(sub(head, high), middle), tail) }
  }
  const table = (values: readonly number[], hint: string): V =>
    graph.constant(tensorOf('float32', [values.length, 1], values), hint)
  const areas = config.anchors.map(([aw, ah]) => aw * ah)
  const { high, low } = halvesOf(areas)
  return { whole: table(areas, 'anchorAreas'), high: table(high, 'anchorAreasHigh'), low: table(low, 'anchorAreasLow') }
}
