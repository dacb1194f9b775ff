import { Graph, type Model } from '../onnx/index.js'
import { marked } from './assignment/dense.js'
import { gridsOf } from './assignment/grids.js'
import { boxesOf, toldOf } from './assignment/heads.js'
import type { LossConfig } from './config/config.js'
import { ofScale } from './config/names.js'
import { lacksOf } from './config/runtimes.js'
import { stampOf } from './config/stamp.js'
import { boxesInput, fixedGrids } from './heads/inputs.js'

/**
 * The target assignment alone: input `boxes` `[B,T,5]`, or `[B,T,6]` with an objectness, in pixels of the network input;
 * outputs `y_true_l` `[B,h,w,A,5+C]`, coarsest scale first, then `boxes_refused` and `first_refused`.
 *
 * Source: keras-yolo3 `preprocess_true_boxes`.
 */
export function targetsModel(config: LossConfig): Model {
  const graph = new Graph({ opset: config.opset, lacks: lacksOf(config) })
  const boxes = boxesInput(graph, config)
  const found = boxesOf(boxes, gridsOf(fixedGrids(graph, config, boxes), config), config)
  const labels = marked(found.labels, found.refusal, config)
  const outputs = Object.fromEntries(labels.map((y, l) => [ofScale('y_true', l), y]))
  return graph.build({ ...outputs, ...toldOf(found) }, stampOf(config))
}
