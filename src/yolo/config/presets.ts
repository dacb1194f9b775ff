import type { Anchor } from './vocabulary.js'

const coco: readonly Anchor[] = [
  [10, 13], [16, 30], [33, 23],
  [30, 61], [62, 45], [59, 119],
  [116, 90], [156, 198], [373, 326],
] // biome-ignore format: one row a scale

const tiny: readonly Anchor[] = [
  [10, 14], [23, 27], [37, 58],
  [81, 82], [135, 169], [344, 319],
] // biome-ignore format: one row a scale

const threeScales = [[6, 7, 8], [3, 4, 5], [0, 1, 2]] as const // biome-ignore format: coarsest first
const twoScales = [[3, 4, 5], [1, 2, 3]] as const // biome-ignore format: coarsest first

/** The same object, and all within it, for good. */
function frozen<T>(x: T): T {
  if (typeof x === 'object' && x !== null) for (const inner of Object.values(Object.freeze(x))) frozen(inner)
  return x
}

/** Ready-made configurations; each says whose values it holds where the sources disagree. */
export const presets = frozen({
  /**
   * keras-yolo3 on COCO: anchors of `model_data/yolo_anchors.txt`, threshold 0.5 as its `train.py` has it. Darknet's
   * `yolov3.cfg` has the same anchors and masks, but threshold 0.7 and input 608.
   */
  'yolov3-coco': { anchors: coco, anchorMask: threeScales, classes: 80, ignoreThreshold: 0.5 },
  /**
   * keras-yolo3's tiny model on COCO: anchors of `model_data/tiny_yolo_anchors.txt`, threshold 0.7 as its `train.py` has
   * it. The fine scale's mask 123 is keras-yolo3's and that of the published weights: anchor 3 serves both scales, anchor
   * 0 none. Darknet's `yolov3-tiny.cfg` has 012 since August 2018; choose it with `anchorMask: [[3,4,5],[0,1,2]]`.
   */
  'yolov3-tiny-coco': { anchors: tiny, anchorMask: twoScales, classes: 80, ignoreThreshold: 0.7 },
  /**
   * Pascal VOC, 20 classes. keras-yolo3's `train.py` (its default is the VOC class list) and Darknet's `yolov3-voc.cfg`
   * agree: anchors of COCO, threshold 0.5, input 416.
   */
  'yolov3-voc': { anchors: coco, anchorMask: threeScales, classes: 20, ignoreThreshold: 0.5 },
  /**
   * keras-yolo3's tiny model with its VOC class list: mask 123 and threshold 0.7 as for `yolov3-tiny-coco`. Darknet has
   * no such file; its `yolov2-tiny-voc.cfg` is a network of YOLO v2.
   */
  'yolov3-tiny-voc': { anchors: tiny, anchorMask: twoScales, classes: 20, ignoreThreshold: 0.7 },
  /**
   * Darknet's `yolov3-spp.cfg`: COCO with spatial pyramid pooling, threshold 0.7, input 608. keras-yolo3 has no such
   * model; it would train with 0.5, which together with these values is `yolov3-coco`.
   */
  'yolov3-spp': { anchors: coco, anchorMask: threeScales, classes: 80, ignoreThreshold: 0.7 },
  /** Darknet's `yolov3-openimages.cfg`: 601 classes, threshold 0.7, input 608. keras-yolo3 has no such model. */
  'yolov3-openimages': { anchors: coco, anchorMask: threeScales, classes: 601, ignoreThreshold: 0.7 },
} as const)

export type PresetName = keyof typeof presets
