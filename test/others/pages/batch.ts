import { float32, type NamedTensor, sizeOf } from '../../../src/io/index.js'

/** Grids of an input of 64×160 pixels at two scales. */
const grids = [[2, 5], [4, 10]] as const // biome-ignore format: one row
const [anchors, entries] = [3, 8]

/** A box of anchor 0: where, how large, which class. */
type Placed = readonly [
  image: number,
  row: number,
  column: number,
  x: number,
  y: number,
  w: number,
  h: number,
  label: number,
]

/** By scale. The second box of the fine scale has no width. */
const boxes: readonly (readonly Placed[])[] = [
  [[0, 1, 2, 0.45, 0.72, 0.5, 0.9, 1]],
  [[1, 2, 6, 0.62, 0.6, 0.1, 0.3, 0], [0, 0, 4, 0.43, 0.15, 0, 0.2, 2]],
] // biome-ignore format: one row a scale

/** Inputs of a loss with two scales and three classes, two images, one label of which makes the loss infinite. */
export function oddBatch(): NamedTensor[] {
  const logits = grids.map(([h, w], l) => {
    const shape = [2, h, w, anchors * entries]
    return {
      name: `y_pred_${l}`,
      tensor: float32(
        shape,
        Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * i)),
      ),
    }
  })
  const labels = grids.map(([h, w], l) => {
    const shape = [2, h, w, anchors, entries]
    const data = new Float32Array(sizeOf(shape))
    for (const [image, row, column, x, y, width, height, label] of boxes[l] ?? []) {
      const at = ((image * h + row) * w + column) * anchors * entries
      data.set([x, y, width, height, 1], at)
      data[at + 5 + label] = 1
    }
    return { name: `y_true_${l}`, tensor: float32(shape, data) }
  })
  return [...logits, ...labels]
}
