import type { Model } from '../../../src/onnx/graph/model.js'
import type { ConfigInput, LossConfig } from '../../../src/yolo/config/config.js'
import { type FormName, formNames } from '../../../src/yolo/config/forms.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { lossModel } from '../../../src/yolo/loss.js'

/** A graph whose mutants are to be caught. */
export interface Subject {
  readonly form: FormName
  /** Of the configuration. */
  readonly name: string
  readonly config: LossConfig
  readonly model: Model
}

/** Those of keras-yolo3, and two of one's own that share as little as possible. */
export const configurations: Readonly<Record<string, ConfigInput>> = {
  'yolov3-coco': { preset: 'yolov3-coco' },
  'yolov3-tiny-coco': { preset: 'yolov3-tiny-coco' },
  'yolov3-voc': { preset: 'yolov3-voc' },
  'six-anchors': {
    anchors: [
      [12, 17],
      [31, 22],
      [44, 61],
      [75, 58],
      [97, 143],
      [211, 170],
    ],
    anchorMask: [
      [3, 4, 5],
      [0, 1, 2],
    ],
    classes: 3,
    layout: 'nchw',
  },
  'one-class': {
    anchors: [
      [9, 14],
      [18, 25],
      [27, 41],
      [40, 33],
      [66, 52],
      [71, 108],
      [120, 95],
      [160, 180],
      [300, 250],
    ],
    classes: 1,
    ignoreThreshold: 0.4,
    reduction: 'sum',
  },
}

/** What the static form wants to know: a grid that is not square, and fewer boxes than the coarsest one has rows. */
const fixed = { batch: 3, input: [64, 128], maxBoxes: 20 } as const

/** Every configuration in every form, or in one of them. */
export function subjects(forms: readonly FormName[] = formNames, names = Object.keys(configurations)): Subject[] {
  return forms.flatMap((form) =>
    names.map((name) => {
      const sizes = form === 'static' ? fixed : {}
      const outputs = { gradients: true, components: true, masks: true }
      const config = resolveConfig({ ...configurations[name], form, ...sizes, ...outputs })
      return { form, name, config, model: lossModel(config) }
    }),
  )
}
