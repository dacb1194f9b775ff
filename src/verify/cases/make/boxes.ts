import { float32, type Tensor } from '../../../io/index.js'
import { assignBoxes, type Grid } from '../../../reference/index.js'
import { boxNumbers, coarsestStride } from '../../../yolo/index.js'
import { positivesOf } from '../scene/rows.js'
import type { SceneConfig, Tensors } from '../scene/tensors.js'

/** Boxes that make the labels of a case, and what kind they are. */
export interface BoxLabels {
  readonly labels: 'boxes' | 'weighted-boxes'
  readonly boxes: Tensor<'float32'>
  /** The labels that the reference's own loop makes of them. */
  readonly assigned: readonly Tensor<'float32'>[]
}

/** Pixels of the network input. */
const inputOf = ({ labels }: Tensors) => {
  const [, h = 0, w = 0] = labels[0]?.shape ?? []
  return { width: w * coarsestStride, height: h * coarsestStride }
}

function labelsOf(boxes: Grid, tensors: Tensors, config: SceneConfig): readonly Grid[] {
  return assignBoxes({ ...config, boxes, input: inputOf(tensors), padding: 'original' }).labels
}

const same = (a: readonly Grid[], b: Tensors['labels']): boolean =>
  a.every(({ data }, l) => data.every((x, i) => Object.is(x, b[l]?.data[i])))

/** Boxes of an image from its labels, for cases that paint those: one for each row, where centre and size tell it. */
function boxesIn(tensors: Tensors): Tensor<'float32'> {
  const { width, height } = inputOf(tensors)
  const images = tensors.labels[0]?.shape[0] ?? 0
  const rows = Array.from({ length: images }, (_, image) =>
    positivesOf(tensors).flatMap((row) => {
      if (row.image !== image) return []
      const [x = 0, y = 0, w = 0, h = 0, , ...classes] = row.labels
      const [cx, cy, halfW, halfH] = [Math.round(x * width), Math.round(y * height), (w * width) / 2, (h * height) / 2]
      return [[cx - halfW, cy - halfH, cx + halfW, cy + halfH, classes.indexOf(1)]]
    }),
  )
  const most = Math.max(1, ...rows.map(({ length }) => length))
  const data = new Float32Array(images * most * boxNumbers)
  for (const [image, own] of rows.entries()) data.set(own.flat(), image * most * boxNumbers)
  return float32([images, most, boxNumbers], data)
}

/** The same rows with the objectness that the labels have where each is written; 1 for rows that are nowhere. */
function weightedBoxes(boxes: Tensor<'float32'>, tensors: Tensors, config: SceneConfig): Tensor<'float32'> {
  const [images = 0, rows = 0] = boxes.shape
  const weighted = Array.from({ length: images * rows }, (_, place) => {
    const row = boxes.data.subarray(place * boxNumbers, (place + 1) * boxNumbers)
    const image = Math.floor(place / rows)
    const alone = new Float32Array(images * boxNumbers)
    alone.set(row, image * boxNumbers)
    const found = labelsOf({ shape: [images, 1, boxNumbers], data: alone }, tensors, config)
    const weight = found.flatMap(({ data, shape }, l) => {
      const at = data.findIndex((x, i) => i % (shape[4] ?? 1) === 4 && x !== 0)
      return at < 0 ? [] : [tensors.labels[l]?.data[at] ?? 1]
    })
    return [...row, weight[0] ?? 1]
  })
  return float32([images, rows, boxNumbers + 1], weighted.flat())
}

/** Boxes from which the reference makes exactly the labels of a case; undefined where there are none. */
export function boxLabelsOf(tensors: Tensors, config: SceneConfig): BoxLabels | undefined {
  const made = (labels: BoxLabels['labels'], boxes: Tensor<'float32'>): BoxLabels | undefined => {
    const found = labelsOf(boxes, tensors, config)
    const assigned = found.map(({ shape, data }) => float32(shape, data))
    return same(found, tensors.labels) ? { labels, boxes, assigned } : undefined
  }
  const plain = tensors.boxes ?? boxesIn(tensors)
  return made('boxes', plain) ?? made('weighted-boxes', weightedBoxes(plain, tensors, config))
}
