import { type NamedTensor, Random } from '../../io/index.js'
import { type PixelBox, scene } from '../../verify/index.js'
import type { LossConfig } from '../../yolo/index.js'
import real from './boxes.json' with { type: 'json' }

/** That of the fixture of the same boxes. */
const seed = 416

const [height = 0, width = 0] = real.input

const images = real.images.map((rows) =>
  rows.map(([x1 = 0, y1 = 0, x2 = 0, y2 = 0, label = 0]): PixelBox => [x1, y1, x2, y2, label]),
)

/** How many boxes each image has. */
export const boxesPerImage: readonly number[] = images.map(({ length }) => length)

/** Real boxes as dense labels of a loss, and logits of a detector that has half learnt them. */
export function realBatch(config: LossConfig): NamedTensor[] {
  const { logits, labels } = scene(images, [height, width], config, new Random(seed))
  return [
    ...logits.map((tensor, l) => ({ name: `y_pred_${l}`, tensor })),
    ...labels.map((tensor, l) => ({ name: `y_true_${l}`, tensor })),
  ]
}
