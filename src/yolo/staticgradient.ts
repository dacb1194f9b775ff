import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import type { Differentiable } from '../loss/bce.js'
import { add } from '../ops/elementwise.js'
import { cast, concat, reshape, split } from '../ops/movement.js'
import { gatherRows, scatterRows } from '../ops/rank.js'
import { type LabelledHead, objectnessAlone, ofEach } from './head.js'
import { labelAxes, reordered, shapeIn } from './layout.js'
import type { Share } from './parts.js'
import type { Plan } from './plan.js'
import type { Objects } from './static.js'
import type { Terms } from './terms.js'

/**
 * Derivatives by the logits of each scale: the slopes of all objectness with zeros around, those of the objects written
 * over them. A row without object writes back zeros and its own objectness.
 */
export function staticGradients<D extends Real>(
  heads: readonly LabelledHead<D>[],
  { at, place }: Objects<D>,
  terms: Terms<Differentiable<D>>,
  plan: Plan,
  share: Share<D>,
): Value<D>[] {
  const ofRows = (v: Value<D>) =>
    split(
      v,
      plan.scales.map((s) => s.rows),
      1,
    )
  const ofCells = (v: Value<D>) =>
    split(
      reshape(v, [plan.batch, plan.cells, 1]),
      plan.scales.map((s) => s.cells),
      1,
    )
  const { xy, wh, conf, class: cls } = terms
  const own = ofCells(conf.slope).map((v, l) => gatherRows(v, at[l] as Value<'int64'>)) as [Value<D>, ...Value<D>[]]
  const rows = ofRows(share({ xy: xy.slope, wh: wh.slope, conf: concat(own, 1), class: cls.slope }, 2)) // [B, K, 5+C]
  const places = ofRows(add(place, starts(place, plan)))
  const objectness = ofCells(share({ conf: conf.slope }))
  return ofEach(heads, (head, l) =>
    head.S.graph.scope('gradient', () =>
      written(head, rows[l] as Value<D>, places[l] as Value<D>, objectness[l] as Value<D>, plan),
    ),
  )
}

/** Where the cells of each row's image begin among those of its scale: `[B, R, 1]` */
function starts<D extends Real>({ graph, dtype }: Value<D>, { batch, scales, rows }: Plan): Value<D> {
  const values = Array.from({ length: batch }, (_, b) => scales.flatMap((s) => Array(s.rows).fill(b * s.cells)))
  return graph.constant(tensorOf(dtype, [batch, rows, 1], values.flat() as number[]), 'imageStarts')
}

/** Slopes of rows `[B, K, 5+C]` at their places `[B, K, 1]` over those of the objectness `[B, N_l, 1]` and zeros. */
function written<D extends Real>(
  head: LabelledHead<D>,
  slopes: Value<D>,
  places: Value<D>,
  objectness: Value<D>,
  { batch }: Plan,
): Value<D> {
  const { logits, layout, extent } = head
  const cells = batch * (objectness.shape[1] as number)
  const all = objectnessAlone(reshape(objectness, [cells, 1]), head)
  const whole = scatterRows(all, cast(places, 'int64'), slopes)
  return reshape(reordered(reshape(whole, shapeIn(labelAxes, extent)), labelAxes, layout.axes), logits.shape)
}
