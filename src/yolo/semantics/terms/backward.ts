import type { Real } from '../../../io/index.js'
import { gradientsThrough, type Value } from '../../../onnx/index.js'
import { add } from '../../../onnx/math.js'
import { inRows } from './places.js'
import type { ScaleTerms } from './terms.js'

/**
 * The gradient of a loss by the logits of each scale, in label order `[B, h·w·A, 5+C]`, derived from the nodes of its terms.
 * Constant stay masks and matches, which are decided by comparisons, and what formulas hold.
 * @param seed how much each number of the loss weighs; all alike by default
 */
export function logitGradients<D extends Real>(
  loss: Value<D>,
  seed: Value<D>,
  scales: readonly ScaleTerms<D>[],
): Value<D>[] {
  const logits = scales.map(({ given }) => given.scale.logits)
  const rows = scales.map((own) => own.rows)
  const held = [...rows, ...scales.flatMap((own) => own.held)]
  const found = gradientsThrough([{ of: loss, gradient: seed }], [...logits, ...rows], held) as Value<D>[]
  return scales.map(({ given: { scale, matches } }, l) => {
    const own = found[l] as Value<D>
    if (matches.everyRow) return own
    const ofMatches = found[scales.length + l] as Value<D>
    return add(own, inRows(scale, matches, ofMatches))
  })
}
