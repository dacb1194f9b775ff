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
  const sizes = (key: 'rows' | 'cells') => plan.scales.map((s) => s[key])
  const rows = concat([share('xy', terms.xy.slope), share('wh', terms.wh.slope)], 2)
  const [xywh, cls, places] = [rows, share('class', terms.class.slope), place].map((v) => split(v, sizes('rows'), 1))
  const objectness = split(reshape(conf, [plan.batch, plan.cells, 1]), sizes('cells'), 1)
  return heads.map((head, l) =>
    head.S.graph.scope(`layer${l}/gradient`, () => {
      const own = gatherRows(objectness[l] as Value<D>, at[l] as Value<'int64'>)
      const slopes = concat([xywh?.[l] as Value<D>, own, cls?.[l] as Value<D>], 2) // [B, K, 5+C]
      const scale = plan.scales[l] as ScalePlan
      return written(head, slopes, places?.[l] as Value<D>, objectness[l] as Value<D>, plan.batch, scale)
    }),
  )
}

/** Slopes of rows `[B, K, 5+C]` at their places `[B, K, 1]` over those of the objectness `[B, N, 1]` and zeros. */
function written<D extends Real>(
  { logits, layout, extent, S }: LabelledHead<D>,
  slopes: Value<D>,
  places: Value<D>,
  objectness: Value<D>,
  batch: number,
  { cells, d }: ScalePlan,
): Value<D> {
  const around = pad(reshape(objectness, [batch * cells, 1]), 1, boxEntries - 1, d - boxEntries)
  const starts = Array.from({ length: batch }, (_, b) => b * cells)
  const images = S.graph.constant(tensorOf(S.dtype, [batch, 1, 1], starts), 'imageStarts')
  const whole = scatterRows(around, cast(add(places, images), 'int64'), slopes)
  return reshape(reordered(reshape(whole, shapeIn(labelAxes, extent)), labelAxes, layout.axes), logits.shape)
}
