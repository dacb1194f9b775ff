import type { Found } from './found.js'

type Box = Found['box']

const area = ([x1, y1, x2, y2]: Box): number => (x2 - x1) * (y2 - y1)

/** Intersection over union of two boxes; 0 where both are empty. */
export function iou(a: Box, b: Box): number {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0])
  const h = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
  if (!(w > 0 && h > 0)) return 0
  return (w * h) / (area(a) + area(b) - w * h)
}

/**
 * Greedy non-maximum suppression within each class: of boxes whose IoU is above a threshold, the one of the higher score stays
 * (`tf.image.non_max_suppression`, as `yolo_eval` of keras-yolo3 calls it for each class).
 * @param most boxes that an image keeps, all classes together
 */
export function suppressed(found: readonly Found[], threshold: number, most: number): Found[] {
  const kept: Found[] = []
  for (const one of found.toSorted((a, b) => b.score - a.score)) {
    if (kept.length === most) break
    if (kept.every(({ box, label }) => label !== one.label || iou(box, one.box) <= threshold)) kept.push(one)
  }
  return kept
}
