import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { digits } from '../../../onnx/math.js'
import { concatAll, divisionOf, split } from '../../../onnx/parts.js'
import { filled, gather } from '../../../onnx/select.js'
import { cast, shapeOf, unsqueeze } from '../../../onnx/shape.js'
import type { Positives } from '../../assignment/positives.js'
import { type Heads, ofEach } from '../../heads/head.js'
import { nonZeroPlaces, rowsOf } from '../../heads/rows.js'
import { byEntry } from '../../terms/entries.js'

/** The positives of dense labels, given the objectness `o` of the labels `[N_l]` of each scale. */
export function positives<D extends Real>(heads: Heads<D>, o: readonly Value<D>[]): Positives<D> {
  return heads.graph.scope('positives', () => {
    const places = ofEach(heads.scales, (_, l) => nonZeroPlaces(o[l] as Value<D>, 'T'))
    const scale = concatAll(
      places.map((p, l) => filled(shapeOf(p), p.shape, l, 'int64')),
      0,
    )
    const grids = heads.scales.map((head) => unsqueeze(head.sizes.wh, [0]))
    const sizes = gather(concatAll(grids, 0), scale) // [T, 2]
    const [w, h] = split(sizes, [1, 1], 1)
    const place = () => unsqueeze(concatAll(places, 0), [1])
    const [b, row, col, a] = digits(place(), [h, w, heads.a]) as [V, V, V, V]
    const rows = ofEach(heads.scales, (head, l) => gather(rowsOf(head.labels, head.extent), places[l] as V))
    return {
      division: divisionOf(places),
      place,
      scale,
      at: { b, h: row, w: col, a },
      grid: { h, w },
      g: cast(sizes, heads.dtype),
      y: byEntry(concatAll(rows, 0), heads.classes),
    }
  })
}

type V = Value<'int64'>
