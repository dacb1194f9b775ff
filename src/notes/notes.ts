import type { Detector } from '../detector/index.js'
import { type AnyTensor, expectArguments, must, type Tensor } from '../io/index.js'
import { type ConfigInput, type LossConfig, resolveConfig } from '../yolo/index.js'
import type { CocoSubject } from './annotations/coco.js'
import type { FittedSubject, ImagesSubject } from './annotations/fitted.js'
import type { PicturesSubject } from './annotations/pictures.js'
import type { NamesSubject } from './config/names.js'
import type { UnsaidSubject } from './config/unsaid.js'
import { type DataSubject, look } from './data/subject.js'
import type { DtypeSubject } from './detector/dtype.js'
import { lookedAt, type Note, onceEach } from './note.js'
import { kinds } from './table.js'

/** Notes on a configuration. @param placeOf where the value of a key comes from; by default its name */
export const notesOnConfig = (
  config: Pick<LossConfig, 'anchors' | 'anchorMask' | 'ignoreThreshold'>,
  placeOf: (key: string) => string = (key) => `"${key}"`,
): Note[] => lookedAt(kinds.config, { config, placeOf })

/** Notes on an option that a configuration leaves out. */
export const notesOnUnsaid = (subject: UnsaidSubject): Note[] => lookedAt(kinds.unsaid, subject)

/** Notes on a file of class names. */
export const notesOnNames = (subject: NamesSubject): Note[] => lookedAt(kinds.names, subject)

/** Notes on logits, labels and boxes, each looked at once. */
export const notesOnData = (subject: DataSubject): Note[] => lookedAt(kinds.data, look(subject))

/** Notes on a file of COCO instances. */
export const notesOnCoco = (subject: CocoSubject): Note[] => lookedAt(kinds.coco, subject)

/** Notes on boxes of annotations in the network input. */
export const notesOnFitted = (subject: FittedSubject): Note[] => lookedAt(kinds.fitted, subject)

/** Notes on the images of a training. */
export const notesOnImages = (subject: ImagesSubject): Note[] => lookedAt(kinds.images, subject)

/** Notes on images that are shown. */
export const notesOnPictures = (subject: PicturesSubject): Note[] => lookedAt(kinds.pictures, subject)

/** Notes on the element type of a loss. */
export const notesOnDtype = (subject: DtypeSubject): Note[] => lookedAt(kinds.dtype, subject)

/** Notes on a detector that a loss is attached to. */
export const notesOnDetector = (detector: Detector): Note[] => lookedAt(kinds.detector, detector)

/** Notes on a detector that is trained. */
export const notesOnTrained = (detector: Detector): Note[] => [
  ...notesOnDetector(detector),
  ...lookedAt(kinds.parameters, detector),
]

/**
 * What was hardly meant in a configuration and its data, though a loss comes of them: normalised anchors, labels in pixels,
 * probabilities in place of logits and the like. One note for each kind, with how many more there are; an empty list where
 * nothing is odd. Nothing is run, and arrays whose shape is not that of the graph are passed over.
 *
 * @param given a configuration as `resolveConfig` takes it
 * @param inputs what the graph is run on, by the names of its inputs: logits `y_pred_l` in the layout of the configuration,
 *   labels `y_true_l` `[B, h, w, A, 5+C]` as fractions of the network input, or `boxes` `[B, T, 5]` in its pixels
 * @throws ConfigError as `resolveConfig`
 * @returns `code` is stable; `values` are those of the first place that `where` names
 */
export function notesOf(given: ConfigInput, inputs: Readonly<Record<string, Tensor>> = {}): Note[] {
  expectArguments('notesOf', { inputs: must.named(must.tensor) }, { inputs })
  const config = resolveConfig(given)
  const named = new Map<string, AnyTensor>(Object.entries(inputs))
  return onceEach([...notesOnConfig(config), ...notesOnData({ config, inputs: named })])
}
