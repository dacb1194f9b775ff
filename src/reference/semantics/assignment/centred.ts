import { iou } from '../../boxes.js'
import { indexOf, priorOf } from '../cells/input.js'
import { matchAt } from '../cells/match.js'
import { argmax } from './alike.js'
import type { Assign } from './assign.js'

/** Anchors stand in the middle of the cell of the centre; finest scale first, as YunYang lists them. */
export const centred: Assign = ({ scales, boxes, semantics }) =>
  boxes.flatMap((own) => {
    const all = scales.toReversed().flatMap((scale) =>
      scale.anchors.map((_, anchor) => {
        const [column, row] = own.cell(scale)
        const index = indexOf(scale, own.image, row, column, anchor)
        const prior = priorOf(scale, { image: own.image, row, column, anchor, index })
        return { scale, anchor, overlap: iou(own.box, prior) }
      }),
    )
    const enough = all.filter(({ overlap }) => overlap > semantics.assignAbove)
    const chosen = enough.length > 0 ? enough : all.slice(argmax(all.map((one) => one.overlap))).slice(0, 1)
    return chosen.map(({ scale, anchor }) => matchAt(scale, own, anchor))
  })
