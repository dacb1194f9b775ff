import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import type { Differentiable } from '../loss/bce.js'
import { divide } from '../ops/divide.js'
import { add, mul } from '../ops/elementwise.js'
import { equal } from '../ops/logic.js'
import { cast, concat, reshape, reshapeLike, unsqueeze } from '../ops/movement.js'
import { scatterAt } from '../ops/select.js'
import { alongAxes, boxEntries, entryNumbers, type LabelledHead, ofEach } from './head.js'
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
    const slopes = concat(
      [
        share('xy', row.xy.slope),
        share('wh', row.wh.slope),
        share('conf', row.conf.slope),
        share('class', row.class.slope),
      ],
      1,
    ) // [T, 5+C]
    const ofScales = divide(slopes, found.division)
    const at = divide(coordinates(heads[0] as LabelledHead, found), found.division)
    return ofEach(heads, (head, l) => {
      // Reshaped before the rows are written: a reshape that makes an output copies it.
      const all = reshapeLike(ofObjectness(background[l] as Value<D>, head), head.logits)
      return scatterAt(all, at[l] as Value<'int64'>, ofScales[l] as Value<D>)
    })
  })
}

/**
 * The slopes of the objectness of a scale as those of all entries, 0 elsewhere. A product with e = (0, 0, 0, 0, 1, 0 …):
 * the CPU provider makes it with both hands, and pads with one.
 */
function ofObjectness<D extends Real>(slopes: Value<D>, head: LabelledHead): Value<D> {
  const { layout, extent } = head
  const e = cast(equal(entryNumbers(head), boxEntries - 1), slopes.dtype)
  const after = layout.axes.length - 1 - layout.axes.indexOf('d')
  return mul(alongAxes(slopes, head), reshape(e, [extent.d, ...Array(after).fill(1)]))
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
  return concat(columns as [Value<'int64'>, ...Value<'int64'>[]], 2)
}
