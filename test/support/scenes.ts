import fc from 'fast-check'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import type { Anchor } from '../../src/yolo/config/vocabulary.js'
import { assignTargets } from '../../src/yolo/labels/assign.js'

const classes = 3

/** Small anchors for small images, so that every scale gets boxes. */
const anchors: readonly Anchor[] = [
  [6, 9],
  [11, 7],
  [14, 18],
  [20, 33],
  [38, 24],
  [30, 30],
  [70, 40],
  [45, 80],
  [90, 60],
]

export const config = { anchors, anchorMask: resolveConfig({ anchors, classes }).anchorMask, classes }

/** Height and width of the images, unequal on purpose. */
export const size = [64, 96] as const

/** Inputs of the loss, by scale. */
export interface Scene {
  readonly logits: Tensor<'float32'>[]
  readonly labels: Tensor<'float32'>[]
}

const corners = (extent: number) =>
  fc.tuple(fc.integer({ min: 0, max: extent - 4 }), fc.integer({ min: 3, max: extent })).map(([a, length]) => {
    const b = Math.min(a + length, extent - 1)
    return [a, b] as const
  })

const box = fc
  .tuple(corners(size[1]), corners(size[0]), fc.integer({ min: 0, max: classes - 1 }))
  .map(([[x1, x2], [y1, y2], c]) => [x1, y1, x2, y2, c])

const padded = (rows: readonly number[][], length: number) => [
  ...rows.flat(),
  ...Array((length - rows.length) * 5).fill(0),
]

function labelsOf(images: readonly number[][][], most: number): Tensor<'float32'>[] {
  const table = float32(
    [images.length, most, 5],
    images.flatMap((rows) => padded(rows, most)),
  )
  return assignTargets(table, size, config)
}

const logitsLike = (labels: readonly Tensor<'float32'>[]) =>
  fc.tuple(
    ...labels.map(({ shape: [b, h, w, a, d] }) => {
      const dims = [b, h, w, (a as number) * (d as number)] as number[]
      const length = dims.reduce((n, x) => n * x)
      const logit = fc.float({ min: -6, max: 6, noNaN: true })
      return fc.array(logit, { minLength: length, maxLength: length }).map((values) => float32(dims, values))
    }),
  )

/** Seeded scenes: boxes anywhere in small images, assigned to scales as in training, and logits between ±6. */
export function scenes({ batch, boxes = 4 }: { batch: number; boxes?: number }): fc.Arbitrary<Scene> {
  const rows = fc.array(box, { minLength: 0, maxLength: boxes })
  return fc
    .array(rows, { minLength: batch, maxLength: batch })
    .map((images) => labelsOf(images, Math.max(boxes, 1)))
    .chain((labels) => logitsLike(labels).map((logits) => ({ logits: [...logits], labels })))
}

/** Images of a scene in the given order, repeated or left out. */
export function images({ logits, labels }: Scene, order: readonly number[]): Scene {
  const pick = (tensor: Tensor<'float32'>) => {
    const size = tensor.data.length / (tensor.shape[0] as number)
    const data = order.flatMap((b) => [...tensor.data.subarray(b * size, (b + 1) * size)])
    return float32([order.length, ...tensor.shape.slice(1)], data)
  }
  return { logits: logits.map(pick), labels: labels.map(pick) }
}
