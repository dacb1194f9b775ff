import type { AnyTensor } from '../../../io/index.js'
import { assignBoxes } from '../../../reference/index.js'
import { elementAt } from '../../../verify/index.js'
import { boxEntries, boxesName, type LossConfig, ofScale, recorded, resolveConfig } from '../../../yolo/index.js'
import type { LiveBatch } from './batch.js'
import { imagesIn, inputOf, paddedBoxes } from './boxes.js'

/** A batch whose labels are boxes, in place of one with dense labels. */
export interface Undensed {
  readonly batch: LiveBatch
  /** Rows of labels that the boxes do not give again. */
  readonly differing: number
  /** Rows with an object. */
  readonly positives: number
}

/** Labels of less difference are rounded otherwise, and mean the same. */
const slack = 1e-6

/**
 * Boxes read out of dense labels. They give the same labels again where those were assigned as keras-yolo3 does, of boxes
 * of one class: soft classes, centres between pixels and anchors of another choice do not come back.
 */
export function undensed(batch: LiveBatch): Undensed {
  const { config, feeds } = batch
  const labels = config.anchorMask.map((_, l) => feeds[ofScale('y_true', l)] as AnyTensor)
  const images = Array.from({ length: imagesIn(batch) }, (_, image) => rowsOf(labels, image, batch))
  const weighted = images.flat().some((row) => row[5] !== 1)
  const boxes = paddedBoxes(images, weighted)
  const rest = Object.entries(feeds).filter(([name]) => !name.startsWith('y_true_'))
  const asked = ofBoxes(config, weighted)
  const made: LiveBatch = { config: asked, feeds: { ...Object.fromEntries(rest), [boxesName]: boxes } }
  return { batch: made, ...compared(labels, made) }
}

/** The form that takes any number of boxes. */
function ofBoxes(config: LossConfig, weighted: boolean): LossConfig {
  const { form: _, maxBoxes: __, divisionFree: ___, ...kept } = recorded(config)
  return resolveConfig({ ...kept, form: 'compact', labels: weighted ? 'weighted-boxes' : 'boxes' })
}

/** Rows `x1 y1 x2 y2 class objectness` of an image, each once, though several scales may hold it. */
function rowsOf(labels: readonly AnyTensor[], image: number, batch: LiveBatch): number[][] {
  const rows = labels.flatMap((tensor) => positivesIn(tensor, image).flatMap((at) => boxesAt(tensor, at, batch))) // biome-ignore format: one line
  return [...new Map(rows.map((row) => [row.join(), row])).values()]
}

/** Where the rows of an image begin that hold an object. */
function positivesIn({ shape, data }: AnyTensor, image: number): number[] {
  const entries = shape[4] ?? 1
  const size = data.length / (shape[0] || 1)
  const found: number[] = []
  for (let at = image * size; at < (image + 1) * size; at += entries) if (data[at + 4] !== 0) found.push(at)
  return found
}

/** A box for each class of a row. */
function boxesAt(tensor: AnyTensor, at: number, batch: LiveBatch): number[][] {
  const [height, width] = inputOf(batch)
  const entry = (k: number) => Number(elementAt(tensor, at + k))
  const [x, y, w, h] = [entry(0) * width, entry(1) * height, entry(2) * width, entry(3) * height]
  const scores = Array.from({ length: batch.config.classes }, (_, c) => entry(boxEntries + c))
  const most = Math.max(...scores)
  const classes = scores.flatMap((score, c) => (score === 1 || (most < 1 && score === most) ? [c] : []))
  const corners = [x - w / 2, y - h / 2, x + w / 2, y + h / 2].map((v) => Math.round(v * 1024) / 1024)
  return classes.slice(0, most < 1 ? 1 : undefined).map((c) => [...corners, c, entry(4)])
}

function compared(labels: readonly AnyTensor[], made: LiveBatch): Pick<Undensed, 'differing' | 'positives'> {
  const { anchors, anchorMask, classes, padding } = made.config
  const [height, width] = inputOf(made)
  const { shape, data } = made.feeds[boxesName] as AnyTensor
  const boxes = { shape, data: data as Float32Array }
  const again = assignBoxes({ anchors, anchorMask, classes, padding, input: { width, height }, boxes }).labels
  let [differing, positives] = [0, 0]
  for (const [l, tensor] of labels.entries()) {
    const entries = boxEntries + classes
    const own = again[l]?.data ?? []
    for (let at = 0; at < tensor.data.length; at += entries) {
      let differs = false
      for (let k = at; k < at + entries; k++) differs ||= Math.abs(Number(elementAt(tensor, k)) - (own[k] ?? 0)) > slack
      if (differs) differing++
      if (Number(elementAt(tensor, at + 4)) !== 0) positives++
    }
  }
  return { differing, positives }
}
