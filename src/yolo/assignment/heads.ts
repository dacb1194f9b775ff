import type { Real } from '../../io/index.js'
import type { Graph, Value } from '../../onnx/index.js'
import { reduceSum } from '../../onnx/math.js'
import type { LossConfig } from '../config/config.js'
import { formOf } from '../config/forms.js'
import { type Heads, headsOf } from '../heads/head.js'
import { boxesInput, plainHeads } from '../heads/inputs.js'
import { computedIn, thresholdIn } from '../heads/parameters.js'
import { assign } from './assign.js'
import { denseLabels } from './dense.js'
import { type Grids, gridsOf } from './grids.js'
import { tableLabels } from './narrow/labels.js'
import { type BoxTable, boxTable } from './narrow/table.js'
import { type Positives, positivesOf } from './positives.js'
import type { Refusal } from './refusal.js'

/** Boxes as the forms take them: as rows of unknown number, or as a table of fixed sizes. */
export interface Boxes<D extends Real = Real> {
  readonly refusal: Refusal
  readonly positives?: Positives<D>
  readonly table?: BoxTable
  /** Labels of all cells of each scale `[B, h, w, A, 5+C]`. */
  readonly labels: readonly Value<D>[]
}

/** Assigns boxes to grids, in fixed sizes where the form has them. */
export function boxesOf(boxes: Value<'float32'>, grids: Grids, config: LossConfig): Boxes {
  const dtype = computedIn(config)
  if (formOf(config.form).placement === 'whole') {
    const table = boxTable(boxes, grids)
    return { refusal: table.refusal, table, labels: tableLabels(table, dtype) }
  }
  const assigned = assign(boxes, grids)
  const positives = positivesOf(assigned, dtype)
  return { refusal: assigned.refusal, positives, labels: denseLabels(grids, positives) }
}

/** Inputs `y_pred_l` of all scales, then `boxes`, whose dense labels stand for those of other graphs where they are read. */
export function assignedHeads(graph: Graph, config: LossConfig): { readonly heads: Heads; readonly boxes: Boxes } {
  const plain = plainHeads(graph, config)
  const boxes = boxesOf(boxesInput(graph, config), gridsOf(plain, config), config)
  const labelled = plain.map((head, l) => ({ ...head, labels: boxes.labels[l] as Value<Real> }))
  return { heads: headsOf(labelled, thresholdIn(graph, config)), boxes }
}

/** How many boxes were refused, where that makes the loss NaN. */
export function refusedOf({ refusal }: Boxes, { badBoxes }: LossConfig) {
  if (badBoxes === 'drop') return undefined
  return { all: () => refusal.count, byImage: () => reduceSum(refusal.rows, { axes: [1] }) }
}

/** What a graph says of the boxes that it refused. */
export const toldOf = ({ refusal }: Boxes): Readonly<Record<string, Value>> => ({
  boxes_refused: refusal.count,
  first_refused: refusal.first,
})
