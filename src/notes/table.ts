import type { Detector } from '../detector/index.js'
import { type CocoSubject, categoriesUnlikeClasses, crowdBoxes } from './annotations/coco.js'
import { type FittedSubject, type ImagesSubject, noBox, spareRows, vanishedBoxes } from './annotations/fitted.js'
import { absentPictures, noDecoder, type PicturesSubject, undecodedPictures } from './annotations/pictures.js'
import { masksFinestFirst, normalisedAnchors, unsortedAnchors } from './config/anchors.js'
import { type NamesSubject, noNames } from './config/names.js'
import type { ConfigSubject } from './config/subject.js'
import { thresholdAboveOne } from './config/threshold.js'
import { type UnsaidSubject, unsaidOption } from './config/unsaid.js'
import { boxesBeyondInput, normalisedBoxes } from './data/boxes.js'
import { labelsInPixels, noClass, objectnessAboveOne, severalClasses } from './data/labels.js'
import { logitsLikeProbabilities } from './data/logits.js'
import { noObject } from './data/objects.js'
import { scalesFineToCoarse } from './data/scales.js'
import type { Looked } from './data/subject.js'
import { type DtypeSubject, dtypeOfHeads } from './detector/dtype.js'
import { foldedNorms } from './detector/norms.js'
import { tiedParameters } from './detector/parameters.js'
import type { NoteKind } from './note.js'

/** Kinds of notes by what they look at. */
interface Kinds {
  readonly config: readonly NoteKind<ConfigSubject>[]
  readonly unsaid: readonly NoteKind<UnsaidSubject>[]
  readonly names: readonly NoteKind<NamesSubject>[]
  readonly data: readonly NoteKind<Looked>[]
  readonly coco: readonly NoteKind<CocoSubject>[]
  readonly fitted: readonly NoteKind<FittedSubject>[]
  readonly images: readonly NoteKind<ImagesSubject>[]
  readonly pictures: readonly NoteKind<PicturesSubject>[]
  readonly dtype: readonly NoteKind<DtypeSubject>[]
  readonly detector: readonly NoteKind<Detector>[]
  readonly parameters: readonly NoteKind<Detector>[]
}

/** Every kind of note; a new one is a record in the file of its idea, and a place here. */
export const kinds: Kinds = {
  config: [normalisedAnchors, masksFinestFirst, unsortedAnchors, thresholdAboveOne],
  unsaid: [unsaidOption],
  names: [noNames],
  data: [
    labelsInPixels,
    objectnessAboveOne,
    noObject,
    noClass,
    severalClasses,
    logitsLikeProbabilities,
    scalesFineToCoarse,
    normalisedBoxes,
    boxesBeyondInput,
  ],
  coco: [categoriesUnlikeClasses, crowdBoxes],
  fitted: [vanishedBoxes, spareRows],
  images: [noBox],
  pictures: [absentPictures, undecodedPictures, noDecoder],
  dtype: [dtypeOfHeads],
  detector: [foldedNorms],
  /** Of detectors that are trained. */
  parameters: [tiedParameters],
}

/** What is said of a note beside its place and values, by its code. */
export const whatOf: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(kinds).flatMap((list: Kinds[keyof Kinds]) => list.map(({ code, what }) => [code, what])),
)
