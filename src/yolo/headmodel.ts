import { Graph, type Model, type Value } from '../onnx/index.js'
import { sigmoid } from '../onnx/math.js'
import { cellGrid } from '../onnx/select.js'
import type { LossConfig } from './config/config.js'
import { lacksOf } from './config/runtimes.js'
import { stampOf } from './config/stamp.js'
import { decodeCentre, decodeSize } from './formulas/box.js'
import { anchorTable, type Head, inLabelOrder } from './heads/head.js'
import { plainHeads } from './heads/inputs.js'
import { byEntry } from './terms/entries.js'

/**
 * The head alone: inputs `y_pred_0…`; outputs for each scale, `[B, h, w, A, …]`,
 * - `head`: `box_xy_l`, `box_wh_l` (divided by the input size), `box_confidence_l`, `box_class_probs_l`;
 * - `head-loss`: `grid_l` `[h, w, 1, 2]`, `logits_l`, `box_xy_l`, `box_wh_l`.
 *
 * Source: keras-yolo3 `yolo_head`, with `calc_loss` false and true.
 */
export function headModel(config: LossConfig): Model {
  const graph = new Graph({ opset: config.opset, lacks: lacksOf(config) })
  const outputs = plainHeads(graph, config).map((head, l) =>
    graph.scope(`layer${l}`, () => named(config.graph === 'head' ? decoded(head) : forLoss(head), l)),
  )
  return graph.build(Object.assign({}, ...outputs), stampOf(config))
}

const named = (values: Readonly<Record<string, Value>>, l: number) =>
  Object.fromEntries(Object.entries(values).map(([name, v]) => [`${name}_${l}`, v]))

function boxesOf(head: Head) {
  const { sizes, extent, S } = head
  const logits = inLabelOrder(head)
  const grid = cellGrid(sizes.h, sizes.w, [extent.h, extent.w], S.dtype)
  const t = byEntry(logits, extent.classes)
  const box_xy = decodeCentre(t.xy, grid, sizes.g)
  return { grid, logits, t, box_xy, box_wh: decodeSize(t.wh, anchorTable(head), S) }
}

function decoded(head: Head) {
  const { t, box_xy, box_wh } = boxesOf(head)
  return { box_xy, box_wh, box_confidence: sigmoid(t.obj), box_class_probs: sigmoid(t.cls) }
}

function forLoss(head: Head) {
  const { grid, logits, box_xy, box_wh } = boxesOf(head)
  return { grid, logits, box_xy, box_wh }
}
