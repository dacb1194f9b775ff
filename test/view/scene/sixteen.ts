import { float32, Random } from '../../../src/io/index.js'
import type { Scene } from '../../../src/view/index.js'
import { resolveConfig } from '../../../src/yolo/index.js'

const boxesOfImage = 8

/** A batch of 16 images at 416 pixels, 80 classes, eight boxes each, and logits as those of a detector that has learnt a little. */
export function sixteen(): Scene {
  const random = new Random(16)
  const config = resolveConfig({ preset: 'yolov3-coco', labels: 'boxes' })
  const boxes = Float32Array.from(
    Array.from({ length: 16 * boxesOfImage }, () => {
      const [w, h] = [random.integer(12, 260), random.integer(12, 200)]
      const [x, y] = [random.integer(0, 416 - w), random.integer(0, 416 - h)]
      return [x, y, x + w, y + h, random.integer(0, 79)]
    }).flat(),
  )
  const middle = [0, 0, 0, 0, -4]
  const logits = [13, 26, 52].map((n, l) => {
    const shape = [16, n, n, 255]
    const values = Float32Array.from({ length: 16 * n * n * 255 }, (_, i) => {
      const spread = random.integer(-1000, 1000) + random.integer(-1000, 1000) + random.integer(-1000, 1000)
      return spread / 900 + (middle[i % 85] ?? -3)
    })
    return [`y_pred_${l}`, float32(shape, values)] as const
  })
  const feeds = { ...Object.fromEntries(logits), boxes: float32([16, boxesOfImage, 5], boxes) }
  return { name: 'sixteen', config, feeds }
}
