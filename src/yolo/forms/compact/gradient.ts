import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { divide, flatten, put, reshapeLike } from '../../../onnx/ops/index.js'
import type { Terms } from '../../config/vocabulary.js'
import type { Differentiable } from '../../formulas/bce.js'
import { alongAxes, entryNumbers, type LabelledHead, objectnessAlone, ofEach } from '../../heads/head.js'
import { offset } from '../../heads/layout.js'
import type { Share } from '../../sums/parts.js'
import type { Positives } from './positives.js'

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
    const { layout, extent } = heads[0] as LabelledHead
    const d = entryNumbers(heads[0] as LabelledHead)
    const at = divide(offset(layout.axes, { ...found.at, d }, found.grid, extent), found.division) // [T_l, 5+C]
    return ofEach(heads, (head, l) => {
      const after = layout.axes.length - 1 - layout.axes.indexOf('d')
      const all = objectnessAlone(alongAxes(background[l] as Value<D>, head), head, after)
      const [places, rows] = [at[l] as Value<'int64'>, ofScales[l] as Value<D>]
      return reshapeLike(put(flatten(all), flatten(places), flatten(rows)), head.logits)
    })
  })
}
