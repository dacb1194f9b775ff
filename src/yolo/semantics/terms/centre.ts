import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { max, min } from '../../../onnx/math.js'
import type { Semantics } from '../../../reference/semantics/records.js'
import { centreTarget } from '../../formulas/box.js'
import { decodes, wideningOf } from '../decode.js'
import type { Coordinates } from './coordinates.js'
import { bce } from './formulas/bce.js'
import type { Pointwise } from './formulas/goal.js'
import { absolute, squared } from './formulas/squared.js'
import type { Given } from './given.js'

const losses: Readonly<Record<Exclude<Semantics['centre'], 'none'>, Pointwise>> = { bce, squared, l1: absolute }

/** z: where the centre lies in the cell, kept away from its borders where that is asked for. */
function targets<D extends Real>({ scale, semantics }: Given<D>, { y, cell }: Coordinates<D>): Value<D> {
  const z = centreTarget(y.xy, cell, scale.sizes.g)
  const margin = semantics.targetMargin
  return margin === 0 ? z : min(max(z, margin), 1 - margin)
}

/**
 * What is lost on centres `[B, K, 2]`: cross-entropies of the logits, however they are decoded, or errors of the decoded
 * centre.
 */
export function centreLoss<D extends Real>(given: Given<D>, own: Coordinates<D>): Value<D> | undefined {
  const { scale, semantics, tail } = given
  if (semantics.centre === 'none') return undefined
  const q = wideningOf(semantics, scale.l, scale.scales)
  const d = semantics.centre === 'bce' ? own.t.xy : decodes[semantics.decode].centre(own.t.xy, q)
  return losses[semantics.centre](targets(given, own), d, tail)
}
