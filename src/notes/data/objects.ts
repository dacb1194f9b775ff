import { boxesName, ofScale } from '../../yolo/index.js'
import type { NoteKind } from '../note.js'
import { rowsOf } from './boxes.js'
import { type Looked, placeIn } from './subject.js'

/** Images without a box are data; a whole batch of them is hardly one that was meant. */
export const noObject: NoteKind<Looked> = {
  code: 'no-object',
  what: 'there is no object in any image',
  remedy: 'only the confidence of background is learnt; look at what wrote the labels, or at their order of axes',
  find: (looked) => {
    const { subject, scales, boxes } = looked
    const isEmpty = boxes ? rowsOf(looked).length === 0 : scales.every(({ positives }) => positives.length === 0)
    const images = boxes?.shape[0] ?? scales[0]?.labels.shape[0]
    if (!isEmpty || images === undefined || images === 0) return undefined
    return { where: placeIn(subject, boxes ? boxesName : ofScale('y_true', 0)), values: { images } }
  },
}
