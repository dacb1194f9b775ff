import { ofScale } from '../../yolo/index.js'
import type { NoteKind } from '../note.js'
import { gridOf, type Looked, placeIn } from './subject.js'

/** Heads in the order of PyTorch programs, strides 8, 16, 32. */
export const scalesFineToCoarse: NoteKind<Looked> = {
  code: 'scales-fine-to-coarse',
  what: 'the grids become smaller from scale to scale: they look like those of another order',
  remedy: 'give the coarsest scale first: y_pred_0 and y_true_0 are those of stride 32',
  find: ({ subject }) => {
    const grids = subject.config.anchorMask.flatMap((_, l) => {
      const grid = gridOf(subject, l)
      return grid ? [grid] : []
    })
    const at = grids.findIndex(([h, w], l) => l > 0 && h * w < (grids[l - 1]?.[0] ?? 0) * (grids[l - 1]?.[1] ?? 0))
    if (at < 0) return undefined
    const where = placeIn(subject, ofScale('y_pred', at))
    return { where, values: { grids: grids.map(([h, w]) => `${h}×${w}`).join(', ') } }
  },
}
