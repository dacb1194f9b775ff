import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import type { Differentiable } from '../loss/bce.js'
import { divide } from '../ops/divide.js'
import { add, mul } from '../ops/elementwise.js'
import { concatAll, reshapeLike, unsqueeze } from '../ops/movement.js'
import { scatterAt } from '../ops/select.js'
import { alongAxes, entryNumbers, type LabelledHead, objectnessAlone, ofEach } from './head.js'
import { offset } from './layout.js'
import type { Share } from './parts.js'
import type { Positives } from './positives.js'
import type { Terms } from './terms.js'

/**
 * Derivatives by the logits of each scale: the slopes of the background at its objectness, `background` `[N_l]` for each
 * scale in the memory order of its logits, those of the positives in their rows, 0 elsewhere.
 */
export function compactGradients<D extends Real>(
  heads: readonly LabelledHead<D>[],
  found: Positives<D>,
  row: Terms<Differentiable<D>>,
  background: readonly Value<D>[],
  share: Share<D>,
): Value<D>[] {
  const { graph } = found.scale
  return graph.scope('gradient', () => {
    const { xy, wh, conf, class: cls } = row
    const slopes = share({ xy: xy.slope, wh: wh.slope, conf: conf.slope, class: cls.slope }, 1) // [T, 5+C]
    const ofScales = divide(slopes, found.division)
    const at = divide(coordinates(heads[0] as LabelledHead, found), found.division)
    const { layout } = heads[0] as LabelledHead
    return ofEach(heads, (head, l) => {
      // Reshaped before the rows are written: a reshape that makes an output copies it.
      const after = layout.axes.length - 1 - layout.axes.indexOf('d')
      const all = reshapeLike(objectnessAlone(alongAxes(background[l] as Value<D>, head), head, after), head.logits)
      return scatterAt(all, at[l] as Value<'int64'>, ofScales[l] as Value<D>)
    })
  })
}

/** Place of every logit of the positives along each axis of the tensor that holds the head: `[T, 5+C, rank]` */
function coordinates(head: LabelledHead, { at, grid }: Positives): Value<'int64'> {
  const { layout, extent } = head
  const d = entryNumbers(head)
  const place = { ...at, d }
  const pair = layout.fused ? layout.axes.indexOf('a') : -1
  const zeros = mul(add(at.b, d), 0) // [T, 5+C]
  const along = layout.axes.flatMap((axis, i) => {
    if (pair >= 0 && i === pair + 1) return []
    return [i === pair ? offset(['a', 'd'], place, grid, extent) : place[axis]]
  })
  const columns = along.map((v) => unsqueeze(add(v, zeros), [2]))
  return concatAll(columns, 2)
}
