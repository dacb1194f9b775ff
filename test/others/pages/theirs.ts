import { float32, type Tensor } from '../../../src/io/index.js'
import { Evaluator, probe, semantics } from '../../../src/reference/semantics/index.js'

/** The probe, and what Darknet's loss is for it with its gradient: what somebody has who asks whose loss that is. */
export function theirs(): Record<string, Tensor> {
  const evaluator = new Evaluator(probe())
  const { anchors, anchorMask, classes, ignoreThreshold, logits, labels } = evaluator.input
  const darknet = semantics('darknet')
  const gradients = evaluator.gradients(darknet)
  const boxes = labels as Exclude<typeof labels, readonly unknown[]>
  return {
    ...Object.fromEntries(logits.map(({ shape, data }, l) => [`y_pred_${l}`, float32(shape, data)])),
    boxes: float32(boxes.shape, boxes.data),
    anchors: float32([anchors.length, 2], anchors.flat()),
    anchor_mask: float32([anchorMask.length, anchorMask[0]?.length ?? 0], anchorMask.flat()),
    classes: float32([], [classes]),
    ignore_threshold: float32([], [ignoreThreshold]),
    loss: float32([], [evaluator.outcome(darknet).loss]),
    ...Object.fromEntries(gradients.map((g, l) => [`grad_y_pred_${l}`, float32(logits[l]?.shape ?? [], g)])),
  }
}
