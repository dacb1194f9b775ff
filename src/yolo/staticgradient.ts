import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { add } from '../ops/elementwise.js'
import { cast, concat, reshape, split } from '../ops/movement.js'
import { pad } from '../ops/pad.js'
import { gatherRows, scatterRows } from '../ops/rank.js'
import { boxEntries, type LabelledHead } from './head.js'
import { labelAxes, reordered, shapeIn } from './layout.js'
import type { Share } from './parts.js'
import type { Plan, ScalePlan } from './plan.js'
import type { Objects } from './static.js'

/**
 * Derivatives by the logits of each scale: the slopes of all objectness `conf` with zeros around, those of the objects
 * written over them. A row without object writes back zeros and its own objectness.
 */
export function staticGradients<D extends Real>(
  heads: readonly LabelledHead<D>[],
  { at, place, terms }: Objects<D>,
  conf: Value<D>,
  plan: Plan,
  share: Share<D>,
): Value<D>[] {
  const inScales = (v: Value<D>) =>
    split(
      v,
      plan.scales.map((s) => s.rows),
      1,
    )
  const cells = reshape(conf, [plan.batch, plan.cells, 1])
  const objectness = split(
    cells,
    plan.scales.map((s) => s.cells),
    1,
  )
  const xywh = inScales(concat([share('xy', terms.xy.slope), share('wh', terms.wh.slope)], 2))
  const [cls, places] = [inScales(share('class', terms.class.slope)), inScales(place)]
  return heads.map(({ logits, layout, extent, S }, l) =>
    S.graph.scope(`layer${l}/gradient`, () => {
      const { cells, d } = plan.scales[l] as ScalePlan
      const own = gatherRows(objectness[l] as Value<D>, at[l] as Value<'int64'>)
      const rows = concat([xywh[l] as Value<D>, own, cls[l] as Value<D>], 2) // [B, K, 5+C]
      const around = reshape(objectness[l] as Value<D>, [plan.batch * cells, 1])
      const starts = Array.from({ length: plan.batch }, (_, b) => b * cells)
      const images = S.graph.constant(tensorOf(S.dtype, [plan.batch, 1, 1], starts), 'imageStarts')
      const indices = cast(add(places[l] as Value<D>, images), 'int64')
      const whole = scatterRows(pad(around, 1, boxEntries - 1, d - boxEntries), indices, rows)
      return reshape(reordered(reshape(whole, shapeIn(labelAxes, extent)), labelAxes, layout.axes), logits.shape)
    }),
  )
}
