import type { Real } from '../../io/index.js'
import type { Graph, Value } from '../../onnx/index.js'
import type { Semantics } from '../../reference/semantics/records.js'
import type { LossConfig } from '../config/config.js'
import { formOf } from '../config/forms.js'
import { defaultMaxBoxes } from '../config/options.js'
import { boxesInput, labelledHeads, plainHeads } from '../heads/inputs.js'
import { hidingOf } from './mask/hiding.js'
import { maskOf } from './mask/mask.js'
import { broadcasting, byImage, type Overlaps } from './mask/overlap.js'
import { assigned } from './matches/assigned.js'
import { labelled } from './matches/dense.js'
import type { Matches, Shared } from './matches/match.js'
import { type TrueBoxes, trueBoxes } from './matches/truth.js'
import { type Scale, scaleOf } from './scale.js'
import { shared } from './sharing/share.js'

/** What the inputs of a graph hold: scales, which rows of predictions are to find what, and the boxes as given. */
export interface Found<D extends Real = Real> {
  readonly scales: readonly Scale<D>[]
  readonly matches: readonly Matches<D>[]
  /** Undefined for labels that are assigned already. */
  readonly truth?: TrueBoxes
}

/** Inputs `y_pred_l` of all scales, then `boxes` or `y_true_l`. */
export function foundIn(graph: Graph, config: LossConfig, semantics: Semantics): Found {
  const { anchors, anchorMask: masks, classes } = config
  const count = masks.length
  if (config.labels === 'dense') {
    const { scales: heads } = labelledHeads(graph, config)
    const scales = heads.map((head, l) => graph.scope(`layer${l}`, () => scaleOf(head, l, count, classes)))
    return { scales, matches: scales.map((scale, l) => labelled(scale, (heads[l] as (typeof heads)[number]).labels)) }
  }
  const heads = plainHeads(graph, config)
  const boxes = boxesInput(graph, config)
  const scales = heads.map((head, l) => graph.scope(`layer${l}`, () => scaleOf(head, l, count, classes)))
  const truth = trueBoxes(boxes, scales, semantics)
  return { scales, truth, matches: assigned({ scales, anchors, masks, truth, semantics }) }
}

/** The same with how matches count that share a row, and κ of each scale `[B, h·w·A]`, undefined where it is 1. */
export interface Hidden<D extends Real = Real> {
  readonly shares: readonly Shared<D>[]
  readonly masks: readonly (Value<'bool'> | undefined)[]
}

/** How matches count, and which rows are background. */
export function hiddenBy(found: Found, config: LossConfig, semantics: Semantics): Hidden {
  const shares = found.matches.map((own) => shared(own, semantics))
  const labelled = { ...found, matches: shares, truth: found.truth }
  const given = { overlaps: overlapsOf(config, semantics), usual: config.ignoreThreshold }
  const masks = found.scales.map((scale, l) => maskOf(scale, () => hidingOf(l, labelled, semantics), semantics, given))
  return { shares, masks }
}

/** How overlaps are computed: all at once where sizes are fixed, where dense labels have few boxes among many rows. */
function overlapsOf(
  { form, labels, maxBoxes = defaultMaxBoxes, anchorMask }: LossConfig,
  semantics: Semantics,
): Overlaps {
  if (formOf(form).placement !== 'whole') return byImage
  if (labels !== 'dense') return broadcasting(Number.POSITIVE_INFINITY)
  return broadcasting(semantics.ignoreBoxes === 'image' ? maxBoxes * anchorMask.length : maxBoxes)
}
