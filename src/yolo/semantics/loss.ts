import type { Graph, Value } from '../../onnx/index.js'
import type { Semantics } from '../../reference/semantics/records.js'
import type { LossConfig } from '../config/config.js'
import { rulesOf } from '../config/semantics.js'
import { tailOf } from '../formulas/bce.js'
import { type Found, foundIn, type Hidden, hiddenBy } from './found.js'
import { gradientsOf } from './gradient.js'
import type { Shared } from './matches/match.js'
import { componentsOf, lossOf, masksOf, refusalsOf } from './outputs.js'
import { type Loss, type Reducing, reduced, reducingOf } from './reducing.js'
import type { Scale } from './scale.js'
import { shared } from './sharing/share.js'
import { termsOf } from './terms/terms.js'
import { unsoundOf } from './unsound.js'

/**
 * The loss of another implementation in a graph: inputs `y_pred_0…`, then `boxes` or `y_true_0…`; outputs `loss` and what
 * the configuration asks for, under the names that those of keras-yolo3 have. What the rules mean stands in the README of
 * the reference's semantics, with which this shares their records and no formula.
 */
export function semanticsOutputs(graph: Graph, config: LossConfig): Record<string, Value> {
  const found = foundIn(graph, config, rulesOf(config))
  const reducing = reducingOf(graph, config)
  const hidden = hiddenBy(found, config, reducing.semantics)
  const unsound = graph.scope('refused', () => unsoundOf(found, config))
  const loss = lossBy(found, hidden.shares, hidden, reducing, config)
  const derived = config.gradients && derivedOf(loss, found, hidden, reducing, config)
  return {
    loss: lossOf(loss, config, unsound),
    ...(config.components && componentsOf(loss, reducing, unsound)),
    ...(config.masks && masksOf(loss)),
    ...(derived && named(gradientsOf(derived, unsound))),
    ...(found.truth && graph.scope('refused', () => refusalsOf(found.truth as NonNullable<Found['truth']>))),
  }
}

const named = (gradients: readonly Value[]): Record<string, Value> =>
  Object.fromEntries(gradients.map((v, l) => [`grad_y_pred_${l}`, v]))

function lossBy(
  { scales }: Found,
  shares: readonly Shared[],
  { masks }: Hidden,
  reducing: Reducing,
  { guard }: LossConfig,
): Loss {
  const { semantics } = reducing
  const terms = scales.map((scale: Scale, l) => {
    const [matches, κ] = [shares[l] as Shared, masks[l]]
    return termsOf({ scale, matches, κ, semantics, guard, tail: tailOf(true, 'logarithm') })
  })
  return reduced(terms, reducing)
}

/** Rules of the loss whose gradient is given out for that of a loss. */
const backwardOf = (semantics: Semantics): Semantics =>
  semantics.backward === 'last' ? { ...semantics, sharedBox: 'last', sharedClass: 'last' } : semantics

/** The loss that is differentiated: the loss itself, unless the rules say of another. */
function derivedOf(loss: Loss, found: Found, hidden: Hidden, reducing: Reducing, config: LossConfig): Loss {
  const semantics = backwardOf(reducing.semantics)
  if (semantics === reducing.semantics) return loss
  const shares = found.matches.map((own) => shared(own, semantics))
  return lossBy(found, shares, hidden, { ...reducing, semantics }, config)
}
