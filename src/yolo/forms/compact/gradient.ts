import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import type { Positives } from '../../assignment/positives.js'
import { ofEachTerm, type Terms } from '../../config/vocabulary.js'
import type { Differentiable } from '../../formulas/bce.js'
import { alongAxes, type Heads, objectnessAlone } from '../../heads/head.js'
import { withRows } from '../../heads/rows.js'
import type { Share } from '../../sums/averaging.js'

/**
 * Derivatives by the logits of each scale: the slopes of the background at its objectness, `background` `[N_l]` for each
 * scale in the memory order of its logits, those of the positives in their rows, 0 elsewhere.
 */
export function compactGradients<D extends Real>(
  heads: Heads<D>,
  found: Positives<D>,
  row: Terms<Differentiable<D>>,
  background: readonly Value<D>[],
  share: Share<D>,
): Value<D>[] {
  const { axes } = heads.layout
  const after = axes.length - 1 - axes.indexOf('d')
  return heads.graph.scope('gradient', () => {
    const slopes = share(
      ofEachTerm((name) => row[name].slope),
      1,
    ) // [T, 5+C]
    return withRows(heads, found, slopes, (head, l) =>
      objectnessAlone(alongAxes(background[l] as Value<D>, head), head, after),
    )
  })
}
