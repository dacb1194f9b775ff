import { quoted } from '../io/index.js'
import type { Dim } from '../onnx/index.js'
import { boxEntries } from '../yolo/index.js'
import { refuse } from './common.js'
import { type ChannelSizes, fits, headLayouts } from './layouts.js'
import type { Detector } from './open.js'
import { declaredType, valueType } from './trace.js'

/** An output that may be the head of another kind of detector. */
interface Candidate {
  readonly shape: readonly Dim[]
  readonly classes: number
}

/** A kind of head that no YOLO v3 loss fits, as its shape tells it. */
interface ForeignHead {
  /** What its numbers are; undefined where it is no such head. */
  readonly is: (candidate: Candidate) => string | undefined
  readonly remedy: string
}

const ofItsOwn =
  'no YOLO v3 loss fits it: train it with the loss of its own framework (v8DetectionLoss of Ultralytics), ' +
  'or attach to a detector with 3 anchors a scale: YOLOv3 of Darknet or keras-yolo3, or the raw heads of YOLOv5'

/** Cells of the strides 8, 16 and 32 together, for each of the coarsest: 16 + 4 + 1. */
const cellsOfThree = 21

const boxNumbers = 4

/** Heads without anchors, `[N, 4+C, cells]`; those with anchors have their entries last. */
function anchorFree({ shape: [, entries, cells, ...more] }: Candidate): string | undefined {
  if (typeof entries !== 'number' || typeof cells !== 'number' || more.length > 0) return undefined
  if (entries <= boxNumbers || entries >= cells || cells % cellsOfThree !== 0) return undefined
  const numbers = `${boxNumbers} + ${entries - boxNumbers} numbers (box, classes) for each of ${cells} cells`
  return `${numbers}, without anchors, as YOLOv8, YOLO11 and yolov3u of Ultralytics give them`
}

/** Bins of each side of a box, as distributions over them: 4 × 16. */
const bins = 64

const foreignHeads: readonly ForeignHead[] = [
  {
    is: ({ shape }) =>
      shape.length === 3 && shape[2] === 6 && typeof shape[1] === 'number' && shape[1] <= 1000
        ? `${shape[1]} finished boxes, of 4 corners, a score and a class, behind non-maximum suppression`
        : undefined,
    remedy: 'export it without suppression (nms=False, end2end=False), with its raw heads',
  },
  { is: anchorFree, remedy: ofItsOwn },
  {
    is: ({ shape, classes }) =>
      shape.length === 4 && shape[1] === bins + classes
        ? `${bins} + ${classes} numbers (bins of the sides, classes) for each cell, without anchors, as the raw heads of YOLOv8 and YOLO11 have them`
        : undefined,
    remedy: ofItsOwn,
  },
]

/** Refuses values that are the heads of another kind of detector. @throws InputError naming what they are */
export function refuseForeign(detector: Detector, names: readonly string[], sizes: ChannelSizes): void {
  for (const name of names) {
    const candidate = { shape: valueType(detector, name)?.shape ?? [], classes: sizes.entries - boxEntries }
    if (headLayouts.some((layout) => fits(candidate.shape, layout, sizes, true))) continue
    for (const { is, remedy } of foreignHeads) {
      const what = is(candidate)
      if (what !== undefined)
        refuse('E_HEAD_FOREIGN', detector.file, `${quoted(name)} ${declaredType(detector, name)} holds ${what}`, remedy)
    }
  }
}
