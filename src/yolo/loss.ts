import type { Real } from '../io/index.js'
import { Graph, type Model, type Value } from '../onnx/index.js'
import { sub } from '../onnx/math.js'
import { reshape } from '../onnx/shape.js'
import { assignedHeads, refusedOf, toldOf } from './assignment/heads.js'
import type { LossConfig } from './config/config.js'
import { defaultMaxBoxes } from './config/options.js'
import { lacksOf, type RuntimeFacts, runtimeOf } from './config/runtimes.js'
import { isUsual } from './config/semantics.js'
import { stampOf } from './config/stamp.js'
import type { Terms } from './config/vocabulary.js'
import { expectConfig } from './config/whole.js'
import { type Diagnosis, diagnose } from './diagnostics.js'
import type { Numerics, Parts } from './forms/form.js'
import { builders } from './forms/index.js'
import { tailOf } from './formulas/bce.js'
import { headModel } from './headmodel.js'
import { labelledHeads } from './heads/inputs.js'
import { semanticsOutputs } from './semantics/loss.js'
import { type Addends, ofScales } from './sums/addends.js'
import { type Averaging, averagingOf } from './sums/averaging.js'
import { targetsModel } from './targetsmodel.js'

type Outputs = Record<string, Value>

/**
 * The YOLO v3 loss as a model: inputs `y_pred_0…` in the layout of the heads, then `y_true_0…` `[B,h,w,A,5+C]`, coarsest
 * scale first, or `boxes` `[B,T,5]`; outputs `loss`, then what the configuration asks for, scale by scale.
 *
 *   L = Σ_l (xy_l + wh_l + conf_l + class_l),     each = (sum over everything) / B
 *
 * or the loss of another implementation, where the configuration names one.
 *
 * Source: keras-yolo3 `yolo_loss`; Redmon & Farhadi, "YOLOv3", section 2.
 */
export function lossModel(config: LossConfig): Model {
  expectConfig(config)
  if (config.graph === 'loss') return lossIn(new Graph({ opset: config.opset, lacks: lacksOf(config) }), config)
  return config.graph === 'targets' ? targetsModel(config) : headModel(config)
}

/** The same with `parameters` left open: the body of a function. */
export const openLossModel = (config: LossConfig): Model =>
  lossIn(new Graph({ opset: config.opset, open: true, lacks: lacksOf(config) }), config)

function lossIn(graph: Graph, config: LossConfig): Model {
  if (!isUsual(config)) return graph.build(semanticsOutputs(graph, config), stampOf(config))
  const { heads, boxes } =
    config.labels === 'dense' ? { heads: labelledHeads(graph, config) } : assignedHeads(graph, config)
  const averaging = averagingOf(heads, config, boxes && refusedOf(boxes, config))
  const parts = builders[config.form](heads, numericsOf(config), boxes)
  const { loss: sum, scales: averages } = averaging.averages(parts.terms, config.components ? heads.scales.length : 0)
  const diagnoses = heads.scales.map((head, l) =>
    graph.scope(`layer${l}/diagnosis`, () => diagnose(head, l, heads.ignoreThreshold, config.guard)),
  )
  const outputs: Outputs = {
    loss: config.lossRank === 1 && config.reduction !== 'none' ? reshape(sum, [1]) : sum,
    ...scaleOutputs(parts, averages, diagnoses, averaging, config),
    ...(config.diagnostics && floorAndExcess(sum, diagnoses, averaging)),
    ...(config.gradients && gradients(parts, averaging)),
    ...(boxes && toldOf(boxes)),
  }
  return graph.build(outputs, stampOf(config))
}

function numericsOf({ guard, divisionFree, maxBoxes = defaultMaxBoxes, for: runtime }: LossConfig): Numerics {
  const { derives = false, log1p, wholeSplits = false }: Partial<RuntimeFacts> = runtime ? runtimeOf(runtime) : {}
  return { tail: tailOf(derives, log1p), wholeSplits, guard, divisionFree, maxBoxes }
}

/** What is asked for of each scale, scale by scale. */
function scaleOutputs(
  parts: Parts,
  averages: readonly Terms<Value>[],
  diagnoses: readonly Diagnosis[],
  { count }: Averaging,
  { components, diagnostics, masks }: LossConfig,
): Outputs {
  const counts = (addends: readonly Addends[]) => ofScales(addends, diagnoses.length).map(count)
  const [ignore, ignored, positives] = [parts.ignore, parts.ignored, parts.positives].map(counts)
  const scales = diagnoses.map((found, l): Readonly<Record<string, Value | undefined | false>> => {
    return {
      ...averages[l],
      ignore: components && ignore?.[l],
      positives: (components || diagnostics) && positives?.[l],
      ignored: diagnostics && ignored?.[l],
      zero_size: diagnostics && count([found.zeroSize]),
      labels_outside: diagnostics && count([found.outside]),
      non_finite: diagnostics && count([found.nonFinite]),
      first_non_finite: diagnostics && found.firstNonFinite,
      ignore_mask: masks && parts.ignoreMasks[l],
    }
  })
  const named = scales.flatMap((values, l) =>
    Object.entries(values).flatMap(([name, v]): [string, Value][] => (v ? [[`${name}_${l}`, v]] : [])),
  )
  return Object.fromEntries(named)
}

/** The least the loss can be for its labels, and what it is above that. */
function floorAndExcess(sum: Value<Real>, diagnoses: readonly Diagnosis[], { total }: Averaging): Outputs {
  const floor = total(diagnoses.map((d) => d.floor))
  return { entropy_floor: floor, excess: sub(sum, floor) }
}

const gradients = (parts: Parts, { share }: Averaging): Outputs =>
  Object.fromEntries(parts.gradients(share).map((v, l) => [`grad_y_pred_${l}`, v]))
