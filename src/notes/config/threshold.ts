import type { NoteKind } from '../note.js'
import type { ConfigSubject } from './subject.js'

/** An IoU is at most 1, so that nothing is ever ignored. */
export const thresholdAboveOne: NoteKind<ConfigSubject> = {
  code: 'threshold-above-1',
  what: 'no IoU is above 1: no cell is ignored, and all background is punished',
  remedy: 'give a threshold from 0 to 1: keras-yolo3 has 0.5, Darknet 0.7',
  find: ({ config: { ignoreThreshold: threshold }, placeOf }) =>
    threshold > 1 ? { where: placeOf('ignoreThreshold'), values: { threshold } } : undefined,
}
