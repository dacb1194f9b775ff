import { presets } from '../../../src/yolo/config/presets.js'
import type { Anchor } from '../../../src/yolo/config/vocabulary.js'
import type { AssignConfig, Size } from '../../../src/yolo/labels/assign.js'

/** A configuration at an input size. */
export interface Setting {
  readonly name: string
  readonly size: Size
  readonly config: AssignConfig
}

const nine = presets['yolov3-coco'].anchorMask
const six = presets['yolov3-tiny-coco'].anchorMask

const turnedAnchors: readonly Anchor[] = [
  [20, 40], [40, 20], [20, 40],
  [64, 128], [128, 64], [90, 91],
  [200, 300], [300, 200], [245, 245],
] // biome-ignore format: one row a scale

/** Each shape beside its like turned by a quarter, so that square boxes tie; the first is there twice. */
const turned: AssignConfig = { anchors: turnedAnchors, anchorMask: nine, classes: 3 }

/** Anchors that float32 rounds, the largest first: ties and slips of the order show at other places than in presets. */
const fractional: AssignConfig = {
  anchors: presets['yolov3-coco'].anchors.map(([w, h]) => [w * 1.1 + 0.1, h * 0.9 + 0.3] as const).toReversed(),
  anchorMask: nine,
  classes: 1,
}

/** Areas that are powers of two: ties without end. */
const squares: AssignConfig = {
  anchors: [
    [32, 32],
    [16, 64],
    [64, 16],
    [128, 128],
    [64, 256],
    [256, 64],
  ],
  anchorMask: six,
  classes: 2,
}

const of = (name: string, config: AssignConfig, ...size: [height: number, width: number]): Setting => ({
  name: `${name} ${size.join('×')}`,
  size,
  config: { anchors: config.anchors, anchorMask: config.anchorMask, classes: config.classes },
})

const preset = (name: keyof typeof presets, ...size: [height: number, width: number]): Setting =>
  of(name, presets[name], ...size)

/** What boxes are made for; heights before widths. */
export const settings: readonly Setting[] = [
  preset('yolov3-coco', 416, 416),
  preset('yolov3-coco', 320, 320),
  preset('yolov3-spp', 608, 352),
  preset('yolov3-voc', 512, 512),
  preset('yolov3-voc', 352, 608),
  preset('yolov3-openimages', 320, 320),
  preset('yolov3-tiny-coco', 416, 416),
  preset('yolov3-tiny-coco', 320, 320),
  preset('yolov3-tiny-voc', 608, 352),
  preset('yolov3-tiny-voc', 512, 512),
  of('turned anchors', turned, 416, 416),
  of('fractional anchors', fractional, 512, 512),
  of('six square anchors', squares, 320, 416),
]

/** Small ones for images that are run one by one. */
export const smallSettings: readonly Setting[] = [
  of('yolov3-coco, 7 classes', { ...presets['yolov3-coco'], classes: 7 }, 96, 160),
  of('yolov3-tiny-coco, 3 classes', { ...presets['yolov3-tiny-coco'], classes: 3 }, 160, 64),
  of('fractional anchors', fractional, 64, 96),
]
