import type { Real } from '../../../io/index.js'
import { tensorOf, type Value } from '../../../onnx/index.js'
import { mul } from '../../../onnx/math.js'
import { concat, concatAll, split } from '../../../onnx/parts.js'
import { gatherRows, scatterRows } from '../../../onnx/select.js'
import { cast, reshape } from '../../../onnx/shape.js'
import { labelAxes, ofEachTerm, type Terms } from '../../config/vocabulary.js'
import type { Differentiable } from '../../formulas/bce.js'
import { type Heads, type LabelledHead, objectnessUnit, ofEach } from '../../heads/head.js'
import { reordered, shapeIn } from '../../heads/layout.js'
import type { Share } from '../../sums/averaging.js'
import type { Arrangement } from './arrangement.js'
import { emptyRows, type Labelled } from './objects.js'

/** Derivatives by the logits of each scale. */
export type Gradients<D extends Real = Real> = (
  heads: Heads<D>,
  terms: Terms<Differentiable<D>>,
  arrangement: Arrangement,
  share: Share<D>,
) => Value<D>[]

/**
 * Derivatives by the logits of each scale: the slopes of all objectness with zeros around, those of the objects written
 * over them. A row without object writes back zeros and its own objectness.
 */
export const staticGradients =
  <D extends Real>({ at, place }: Labelled<D>): Gradients<D> =>
  (heads, terms, arrangement, share) => {
    const { batch, cells, scales, emptyRows: empty } = arrangement
    const sizes = [...scales.map((s) => s.rows), ...(empty > 0 ? [empty] : [])]
    const ofRows = (v: Value<D>) => split(v, sizes, 1)
    const ofCells = split(
      reshape(terms.conf.slope, [batch, cells, 1]),
      scales.map((s) => s.cells),
      1,
    )
    const own = ofCells.map((v, l) => gatherRows(v, at[l] as Value<'int64'>))
    const obj = concatAll([...own, ...emptyRows(own[0] as Value<D>, arrangement, 0)], 1)
    const rows = ofRows(share({ ...ofEachTerm((name) => terms[name].slope), conf: obj }, 2)) // [B, K, 5+C]
    const places = ofRows(concat([imageOfRows(place, arrangement), place], 2)) // [B, K, 2]
    return ofEach(heads.scales, (head, l) => {
      const unit = share({ conf: objectnessUnit(head) })
      const slopes = { rows: rows[l] as Value<D>, cells: mul(ofCells[l] as Value<D>, unit) }
      return head.S.graph.scope('gradient', () => written(head, slopes, places[l] as Value<D>))
    })
  }

/** Index of the image of each row: `[B, R, 1]` */
export function imageOfRows<D extends Real>({ graph, dtype }: Value<D>, { batch, rows }: Arrangement): Value<D> {
  const values = Array.from({ length: batch }, (_, b) => Array<number>(rows).fill(b))
  return graph.constant(tensorOf(dtype, [batch, rows, 1], values.flat()), 'imageOfRows')
}

/** Slopes of rows `[B, K, 5+C]`, at image and place `[B, K, 2]`, over those of all cells `[B, N_l, 5+C]`. */
function written<D extends Real>(
  { layout, extent, logits }: LabelledHead<D>,
  slopes: { readonly rows: Value<D>; readonly cells: Value<D> },
  places: Value<D>,
): Value<D> {
  const whole = scatterRows(slopes.cells, cast(places, 'int64'), slopes.rows)
  return asLogits(whole, { layout, extent, logits })
}

/** Values of all cells `[B, N_l, 5+C]` in the layout of the head. */
export const asLogits = <D extends Real>(
  whole: Value<D>,
  { layout, extent, logits }: Pick<LabelledHead<D>, 'layout' | 'extent' | 'logits'>,
): Value<D> => reshape(reordered(reshape(whole, shapeIn(labelAxes, extent)), labelAxes, layout.axes), logits.shape)
