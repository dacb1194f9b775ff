import type { Anchor } from './config.js'

const coco: readonly Anchor[] = [
  [10, 13], [16, 30], [33, 23],
  [30, 61], [62, 45], [59, 119],
  [116, 90], [156, 198], [373, 326],
] // biome-ignore format: one row a scale

const tiny: readonly Anchor[] = [
  [10, 14], [23, 27], [37, 58],
  [81, 82], [135, 169], [344, 319],
] // biome-ignore format: one row a scale

/** Ready-made configurations; each says whose values it holds where the sources disagree. */
export const presets = {
  /**
   * keras-yolo3 on COCO: anchors of `model_data/yolo_anchors.txt`, threshold 0.5 as its `train.py` has it. Darknet's
   * `yolov3.cfg` has the same anchors and masks, but threshold 0.7 and input 608.
   */
  'yolov3-coco': {
    anchors: coco,
    anchorMask: [
      [6, 7, 8],
      [3, 4, 5],
      [0, 1, 2],
    ],
    classes: 80,
    ignoreThreshold: 0.5,
  },
  /**
   * keras-yolo3's tiny model on COCO: anchors of `model_data/tiny_yolo_anchors.txt`, threshold 0.7 as its `train.py` has
   * it. The fine scale's mask 123 is keras-yolo3's and that of the published weights: anchor 3 serves both scales, anchor
   * 0 none. Darknet's `yolov3-tiny.cfg` has 012 since August 2018; choose it with `anchorMask: [[3,4,5],[0,1,2]]`.
   */
  'yolov3-tiny-coco': {
    anchors: tiny,
    anchorMask: [
      [3, 4, 5],
      [1, 2, 3],
    ],
    classes: 80,
    ignoreThreshold: 0.7,
  },
} as const
