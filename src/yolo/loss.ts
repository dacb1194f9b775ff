import { Graph } from '../graph/graph.js'
import type { Model } from '../graph/model.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { log1pExpBySoftplus } from '../loss/bce.js'
import { add, div } from '../ops/elementwise.js'
import { cast } from '../ops/movement.js'
import { reduceSum } from '../ops/reduce.js'
import { compact } from './compact.js'
import { anchorsOf, type LossConfig } from './config.js'
import { boxEntries, type Head, objectnessOf } from './head.js'
import { type Extent, headShape, layouts } from './layout.js'
import { inputSize, sizesOf } from './sizes.js'
import { stampOf } from './stamp.js'
import { type Summand, total } from './summands.js'

/** The terms of one scale, not yet added up, and its ignore mask. */
export interface ScaleLoss<D extends Real = Real> {
  readonly xy: readonly Summand<D>[]
  readonly wh: readonly Summand<D>[]
  readonly conf: readonly Summand<D>[]
  readonly class: readonly Summand<D>[]
  readonly positives: readonly Summand<D>[]
  /** κ as `[B, h, w, A, 1]`. */
  readonly ignoreMask: Value<'bool'>
}

const termNames = ['xy', 'wh', 'conf', 'class'] as const

/**
 * The YOLO v3 loss as a model: inputs `y_pred_0…` `[B,h,w,A·(5+C)]`, then `y_true_0…` `[B,h,w,A,5+C]`, coarsest scale
 * first; outputs `loss` (rank 0) and what the configuration asks for.
 *
 *   L = Σ_l (xy_l + wh_l + conf_l + class_l),     each = (sum over everything) / B
 *
 * Source: keras-yolo3 `yolo_loss`; Redmon & Farhadi, "YOLOv3", section 2.
 */
export function lossModel(config: LossConfig): Model {
  const graph = new Graph({ opset: config.opset })
  const heads = headsOf(graph, config)
  const [coarsest] = heads as [Head<'float32'>]
  const B = cast(coarsest.sizes.b, 'float32')
  const outputs: Record<string, Value> = {}
  const scales = heads.map((head, l) =>
    graph.scope(`layer${l}`, () => {
      const scale = compact(head, log1pExpBySoftplus)
      const average = (name: (typeof termNames)[number]) => graph.scope(name, () => div(total(scale[name]), B))
      const averages = termNames.map((name) => [`${name}_${l}`, average(name)] as const)
      return { averages, counts: countsOf(scale, l, config) }
    }),
  )
  const averages = scales.flatMap((s) => s.averages.map(([, v]) => v))
  outputs.loss = graph.scope('loss', () => averages.reduce((a, b) => add(a, b)))
  for (const s of scales) Object.assign(outputs, config.components ? Object.fromEntries(s.averages) : {}, s.counts)
  return graph.build(outputs, stampOf(config))
}

/** Outputs of a scale that are no part of the loss. */
function countsOf(scale: ScaleLoss<'float32'>, l: number, { components, masks }: LossConfig): Record<string, Value> {
  const mask = cast(scale.ignoreMask, 'float32')
  return {
    ...(components && { [`ignore_${l}`]: reduceSum(mask), [`positives_${l}`]: total(scale.positives) }),
    ...(masks && { [`ignore_mask_${l}`]: mask }),
  }
}

function headsOf(graph: Graph, config: LossConfig): Head<'float32'>[] {
  const layout = layouts.nhwc
  const extents = config.anchorMask.map(
    (mask, l): Extent => ({ b: 'B', h: `h${l}`, w: `w${l}`, a: mask.length, d: boxEntries + config.classes }),
  )
  const logits = extents.map((extent, l) => graph.input(`y_pred_${l}`, 'float32', headShape(layout, extent)))
  const labels = extents.map(({ b, h, w, a, d }, l) => graph.input(`y_true_${l}`, 'float32', [b, h, w, a, d]))
  const sizes = labels.map((y, l) => graph.scope(`layer${l}`, () => sizesOf(y)))
  const S = graph.scope('layer0/sizes', () => inputSize(sizes[0] as Head<'float32'>['sizes']))
  return extents.map((extent, l) => {
    const t = logits[l] as Value<'float32'>
    return {
      logits: t,
      labels: labels[l] as Value<'float32'>,
      layout,
      extent,
      sizes: sizes[l] as Head<'float32'>['sizes'],
      S,
      anchors: anchorsOf(config, l),
      ignoreThreshold: config.ignoreThreshold,
      objectness: graph.scope(`layer${l}`, () => objectnessOf(t, layout, extent)),
    }
  })
}
