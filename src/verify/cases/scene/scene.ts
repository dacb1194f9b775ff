import { float32, type Random, type Tensor } from '../../../io/index.js'
import { assignTargets } from '../../../yolo/index.js'
import { detect } from './detector.js'
import { zeros } from './rows.js'
import type { SceneConfig, Tensors } from './tensors.js'

/** A box in pixels of the network input: `x1 y1 x2 y2 class`. */
export type PixelBox = readonly [x1: number, y1: number, x2: number, y2: number, label: number]

export type Size = readonly [height: number, width: number]

/** Boxes per image as one tensor `[B,T,5]`, short images padded with rows of zeros. */
export function boxTensor(images: readonly (readonly PixelBox[])[]): Tensor<'float32'> {
  const most = Math.max(1, ...images.map((boxes) => boxes.length))
  const padded = images.flatMap((boxes) => [...boxes, ...Array(most - boxes.length).fill([0, 0, 0, 0, 0])])
  return float32([images.length, most, 5], padded.flat())
}

/** Labels assigned from boxes, with the logits of a half-trained detector. */
export function scene(
  images: readonly (readonly PixelBox[])[],
  size: Size,
  config: SceneConfig,
  random: Random,
): Tensors {
  const boxes = boxTensor(images)
  const labels = assignTargets(boxes, size, config)
  const tensors = { labels, logits: zeros(config, images.length, size).logits, boxes }
  detect(tensors, config, random)
  return tensors
}

/** A scene of random boxes, so many in each image. */
export function randomScene(counts: readonly number[], size: Size, config: SceneConfig, random: Random): Tensors {
  const images = counts.map((count) => randomBoxes(count, size, config, random))
  return scene(images, size, config, random)
}

/** `count` boxes about as large as the anchors, which take turns from the largest, so that every scale gets some. */
export function randomBoxes(count: number, [height, width]: Size, config: SceneConfig, random: Random): PixelBox[] {
  const { anchors, classes } = config
  return Array.from({ length: count }, (_, k) => {
    const [anchorW, anchorH] = anchors[(anchors.length - 1 + 4 * k) % anchors.length] as readonly [number, number]
    const [x1, x2] = span(anchorW * (0.8 + 0.4 * random.uniform()), width, random)
    const [y1, y2] = span(anchorH * (0.8 + 0.4 * random.uniform()), height, random)
    return [x1, y1, x2, y2, random.integer(0, classes - 1)] as const
  })
}

/** An interval of about `length` whole pixels within `pixels`. */
function span(length: number, pixels: number, random: Random): [number, number] {
  const whole = Math.min(Math.max(Math.round(length), 2), pixels - 2)
  const from = random.integer(0, pixels - whole)
  return [from, from + whole]
}
