import type { Tensor } from '../io/index.js'
import type { LossConfig } from '../yolo/index.js'

/** Entropy of a soft label, the least of its cross-entropy. */
const entropy = (z: number): number => (z <= 0 || z >= 1 ? 0 : -z * Math.log(z) - (1 - z) * Math.log(1 - z))

/**
 * The least the loss can be for labels whose objectness and classes are 0 or 1: a box keeps `s·(H(z_x) + H(z_y))`, with
 * s = 2 − w·h and z the place of its centre in the cell (semantics 5).
 * @param labels of each scale `[B,h,w,A,5+C]`
 */
export function floorOf(labels: readonly Tensor<'float32'>[], { weights, reduction }: LossConfig): number {
  let sum = 0
  for (const { shape, data } of labels) {
    const [, rows, columns, anchors, entries] = shape as [number, number, number, number, number]
    for (let at = 0; at < data.length; at += entries) {
      if (data[at + 4] === 0) continue
      const [x = 0, y = 0, w = 0, h = 0] = data.subarray(at, at + 4)
      const cell = Math.floor(at / (anchors * entries))
      const [row, column] = [Math.floor(cell / columns) % rows, cell % columns]
      sum += (2 - w * h) * (entropy(x * columns - column) + entropy(y * rows - row))
    }
  }
  const batch = reduction === 'batch-mean' ? (labels[0]?.shape[0] ?? 1) : 1
  return (weights.xy * sum) / batch
}
