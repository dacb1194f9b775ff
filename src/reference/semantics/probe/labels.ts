import { assignBoxes } from '../../assign.js'
import type { Grid } from '../../types.js'
import type { SemanticsInput } from '../cells/input.js'

/** The labels that keras-yolo3 makes of the boxes of an input, `[B,h,w,A,5+C]` of each scale. */
export function labelsOf({ anchors, anchorMask, classes, logits, labels }: SemanticsInput): readonly Grid[] {
  const [, height = 0, width = 0] = logits[0]?.shape ?? []
  const input = { width: 32 * width, height: 32 * height }
  return assignBoxes({ anchors, anchorMask, classes, input, boxes: labels as Grid, padding: 'anywhere' }).labels
}
